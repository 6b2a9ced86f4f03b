"""What instructors and staff see and change of this floor. `base` says who may do what; the rest says how it looks."""

from learning.admin import audit, courses, enrollments, lessons, outbox, people, practice

__all__ = ["audit", "courses", "enrollments", "lessons", "outbox", "people", "practice"]
