"""What this floor stores, and what can never be true of it."""

from learning.models.audit import AuditEntry
from learning.models.certificates import Certificate
from learning.models.courses import Category, Course, CourseFile, Lesson, Module, SubPage
from learning.models.enrollment import Enrollment, LessonProgress
from learning.models.idempotency import KeptAnswer
from learning.models.limits import RequestCount
from learning.models.outbox import Outbox
from learning.models.people import User, ZoneChange
from learning.models.practice import Choice, PracticeAttempt, Question
from learning.models.signin import SigninFailures
from learning.models.tracking import (
    ClientSession,
    LearningSession,
    LessonView,
    PlayedMinute,
    StudyClock,
    StudyTime,
)

__all__ = [
    "AuditEntry",
    "Category",
    "Certificate",
    "Choice",
    "ClientSession",
    "Course",
    "CourseFile",
    "Enrollment",
    "KeptAnswer",
    "LearningSession",
    "Lesson",
    "LessonProgress",
    "LessonView",
    "Module",
    "Outbox",
    "PlayedMinute",
    "PracticeAttempt",
    "Question",
    "RequestCount",
    "SigninFailures",
    "StudyClock",
    "StudyTime",
    "SubPage",
    "User",
    "ZoneChange",
]
