"""What this floor stores of its own. Everything else that it shows is made from others' facts."""

from analytics.models.care import Outreach, StudentNote, StudentReading
from analytics.models.layout import DashboardLayout
from analytics.models.risk import RiskDay, RiskFlag, RiskSnapshot, RiskThresholds
from analytics.models.rollups import CourseDay, CourseHour, LessonDay, Rollup
from analytics.models.students import StudentLine

__all__ = [
    "CourseDay",
    "CourseHour",
    "DashboardLayout",
    "LessonDay",
    "Outreach",
    "RiskDay",
    "RiskFlag",
    "RiskSnapshot",
    "RiskThresholds",
    "Rollup",
    "StudentLine",
    "StudentNote",
    "StudentReading",
]
