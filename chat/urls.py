"""Pages of the assistant."""

from django.urls import path

from chat.views import assistant

app_name = "chat"
urlpatterns = [
    path("courses/<slug:slug>/assistant/", assistant.assistant, name="assistant"),
]
