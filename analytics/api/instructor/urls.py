"""Endpoints about one course, for those who teach it."""

from django.urls import path

from analytics.api.instructor import assistant, lessons, matrix, overview, top

urlpatterns = [
    path("analytics/", overview.OverviewView.as_view(), name="instructor_overview"),
    path("lessons/analytics/", lessons.LessonsView.as_view(), name="instructor_lessons"),
    path("students/matrix/", matrix.MatrixView.as_view(), name="instructor_matrix"),
    path("students/top/", top.TopLearnersView.as_view(), name="instructor_top"),
    path("ai-analytics/", assistant.AssistantView.as_view(), name="instructor_assistant"),
    path("ai-analytics/questions/", assistant.QuestionsView.as_view(), name="instructor_questions"),
    path("ai-analytics/questions/<uuid:pk>/answer/", assistant.AnswerView.as_view(), name="instructor_answer"),
]
