"""An instructor's pages in the admin. Importing a module registers its pages (analytics.admin.base)."""

from analytics.admin import assistant, health, help, lessons, overview, students

__all__ = ["assistant", "health", "help", "lessons", "overview", "students"]
