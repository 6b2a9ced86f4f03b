"""What instructors and staff see and change of this floor. `base` says who may do what; the rest says how it looks."""

from learning.admin import courses, enrollments, lessons, outbox, people, practice

__all__ = ["courses", "enrollments", "lessons", "outbox", "people", "practice"]
