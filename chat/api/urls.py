"""This floor's endpoints."""

from django.urls import path

from chat.api import conversations, messages, search

urlpatterns = [
    path("chat/sessions/", conversations.SessionsView.as_view(), name="chat_sessions"),
    path("chat/sessions/<uuid:pk>/", conversations.SessionView.as_view(), name="chat_session"),
    path("chat/sessions/<uuid:pk>/messages/", messages.MessagesView.as_view(), name="chat_messages"),
    path("chat/search/", search.SearchView.as_view(), name="chat_search"),
    path("chat/messages/<uuid:pk>/feedback/", messages.FeedbackView.as_view(), name="chat_feedback"),
    path("chat/messages/<uuid:pk>/ask-instructor/", messages.AskInstructorView.as_view(), name="chat_ask_instructor"),
]
