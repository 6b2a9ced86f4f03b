"""Pages that read several floors at once."""

from django.urls import path

from analytics.views import learning

app_name = "analytics"
urlpatterns = [
    path("my-learning/", learning.my_learning, name="my_learning"),
    path("my-learning/counters/", learning.counters, name="counters"),
    path("courses/<slug:slug>/progress/", learning.course_progress, name="course_progress"),
]
