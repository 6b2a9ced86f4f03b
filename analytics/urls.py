"""Pages that read several floors at once."""

from django.urls import path

from analytics.views import achievements, cards, hints, learning, my_learning

app_name = "analytics"
urlpatterns = [
    path("my-learning/", my_learning.my_learning, name="my_learning"),
    path("my-learning/live/", my_learning.live, name="my_learning_live"),
    path("my-learning/cards/", cards.cards, name="cards"),
    path("my-learning/cards/arrange/", cards.arrange, name="arrange"),
    path("my-learning/counters/", learning.counters, name="counters"),
    path("my-learning/hints/", hints.hints, name="hints"),
    path("my-learning/hints/<id:pk>/away/", hints.away, name="away"),
    path("my-learning/readers/", hints.readers, name="readers"),
    path("achievements/", achievements.achievements, name="achievements"),
    path("courses/<slug:slug>/progress/", learning.course_progress, name="course_progress"),
]
