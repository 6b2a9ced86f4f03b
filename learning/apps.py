from django.apps import AppConfig


class LearningConfig(AppConfig):
    """The ground floor: people, courses, enrolment, tracking, practice, certificates."""

    name = "learning"
    verbose_name = "Learning"

    def ready(self) -> None:
        from learning import converters, mail, receivers, tasks  # noqa: F401
