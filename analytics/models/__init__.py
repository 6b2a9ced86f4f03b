"""What this floor stores of its own. Everything else that it shows is made from others' facts."""

from analytics.models.layout import DashboardLayout
from analytics.models.rollups import CourseDay, CourseHour, LessonDay, Rollup

__all__ = ["CourseDay", "CourseHour", "DashboardLayout", "LessonDay", "Rollup"]
