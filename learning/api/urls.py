"""The ground floor's endpoints."""

from django.urls import path

from learning.api import practice, tracking

urlpatterns = [
    path("learner/track-lesson/", tracking.TrackLessonView.as_view(), name="track_lesson"),
    path("practice/", practice.PracticeView.as_view(), name="practice"),
    path("practice/<int:pk>/finish/", practice.PracticeFinishView.as_view(), name="practice_finish"),
]
