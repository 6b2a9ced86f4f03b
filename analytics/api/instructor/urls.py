"""Endpoints about one course, for those who teach it."""

from django.urls import path

from analytics.api.instructor import asking, assistant, lessons, matrix, overview, student, students, top

urlpatterns = [
    path("analytics/", overview.OverviewView.as_view(), name="instructor_overview"),
    path("lessons/analytics/", lessons.LessonsView.as_view(), name="instructor_lessons"),
    path("students/matrix/", matrix.MatrixView.as_view(), name="instructor_matrix"),
    path("students/top/", top.TopLearnersView.as_view(), name="instructor_top"),
    path("ai-analytics/", assistant.AssistantView.as_view(), name="instructor_assistant"),
    path("ai-analytics/questions/", assistant.QuestionsView.as_view(), name="instructor_questions"),
    path("ai-analytics/questions/<uuid:pk>/answer/", assistant.AnswerView.as_view(), name="instructor_answer"),
    path("risk/", asking.AskingView.as_view(), name="instructor_risk"),
    path("students/", students.StudentsView.as_view(), name="instructor_students"),
    path("students/at-risk/", students.AtRiskView.as_view(), name="instructor_at_risk"),
    path("students/<id:student>/", student.StudentView.as_view(), name="instructor_student"),
    path("students/<id:student>/notes/", student.NotesView.as_view(), name="instructor_notes"),
    path("students/<id:student>/notes/<id:pk>/", student.NoteView.as_view(), name="instructor_note"),
    path("students/<id:student>/encourage/", student.EncourageView.as_view(), name="instructor_encourage"),
    path("students/<id:student>/offer-help/", student.OfferHelpView.as_view(), name="instructor_offer_help"),
    path("students/<id:student>/flags/<id:pk>/snooze/", student.SnoozeView.as_view(), name="instructor_snooze"),
    path("students/<id:student>/flags/<id:pk>/dismiss/", student.DismissView.as_view(), name="instructor_dismiss"),
]
