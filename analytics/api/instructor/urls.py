"""Endpoints about one course, for those who teach it."""

from django.urls import path

from analytics.api.instructor import assistant, overview

urlpatterns = [
    path("analytics/", overview.OverviewView.as_view(), name="instructor_overview"),
    path("ai-analytics/", assistant.AssistantView.as_view(), name="instructor_assistant"),
    path("ai-analytics/questions/", assistant.QuestionsView.as_view(), name="instructor_questions"),
    path("ai-analytics/questions/<uuid:pk>/answer/", assistant.AnswerView.as_view(), name="instructor_answer"),
]
