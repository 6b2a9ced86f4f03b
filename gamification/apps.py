from django.apps import AppConfig


class GamificationConfig(AppConfig):
    """XP, levels, streaks and badges: what follows from learning."""

    name = "gamification"
    verbose_name = "Gamification"

    def ready(self) -> None:
        from gamification import receivers, tasks  # noqa: F401
