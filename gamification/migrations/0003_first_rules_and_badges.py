"""The rules and badges that every site begins with; staff edit them afterwards."""

from django.db import migrations

RULES = [("lesson_completed", 10), ("practice_passed", 15), ("course_completed", 100)]

BADGES = [
    ("first_steps", "First Steps", "Complete your first lesson.", "steps", "lessons_completed", 1),
    ("explorer", "Explorer", "Enrol in your first course.", "compass", "enrollments", 1),
    ("course_conqueror", "Course Conqueror", "Complete your first course.", "summit", "courses_completed", 1),
    ("bookworm", "Bookworm", "Complete 5 courses.", "books", "courses_completed", 5),
    ("subject_master", "Subject Master", "Complete every course of a category, at least 2.", "ridge", "categories_completed", 1),
    ("streak_3", "Three in a Row", "Learn 3 days in a row.", "flame", "longest_streak", 3),
    ("week_warrior", "Week Warrior", "Learn 7 days in a row.", "flame", "longest_streak", 7),
    ("streak_14", "Fortnight", "Learn 14 days in a row.", "flame", "longest_streak", 14),
    ("monthly_master", "Monthly Master", "Learn 30 days in a row.", "flame", "longest_streak", 30),
    ("streak_60", "Two Months", "Learn 60 days in a row.", "flame", "longest_streak", 60),
    ("streak_100", "Hundred Days", "Learn 100 days in a row.", "flame", "longest_streak", 100),
    ("streak_365", "A Year of Stones", "Learn 365 days in a row.", "flame", "longest_streak", 365),
    ("speed_demon", "Speed Demon", "Complete a course within 7 days of its start.", "bolt", "courses_within_days", 1),
    ("curious_mind", "Curious Mind", "Ask 50 questions.", "question", "questions_asked", 50),
    ("night_owl", "Night Owl", "Complete 10 lessons between 22:00 and 03:59.", "moon", "night_lessons", 10),
    ("early_bird", "Early Bird", "Complete 10 lessons between 04:00 and 06:59.", "sunrise", "early_lessons", 10),
    ("marathon", "Marathon", "Learn for 4 hours in a day.", "clock", "day_seconds", 4 * 60 * 60),
    ("sessions_10", "10 Sessions", "Finish 10 sessions.", "stone", "sessions", 10),
    ("sessions_25", "25 Sessions", "Finish 25 sessions.", "stone", "sessions", 25),
    ("sessions_50", "50 Sessions", "Finish 50 sessions.", "stone", "sessions", 50),
    ("sessions_100", "100 Sessions", "Finish 100 sessions.", "stone", "sessions", 100),
    ("sessions_200", "200 Sessions", "Finish 200 sessions.", "stone", "sessions", 200),
    ("sessions_500", "500 Sessions", "Finish 500 sessions.", "stone", "sessions", 500),
]


def add(apps, schema_editor):
    for key, amount in RULES:
        apps.get_model("gamification", "XPRule").objects.get_or_create(key=key, defaults={"amount": amount})
    for position, (key, title, description, icon, metric, threshold) in enumerate(BADGES):
        apps.get_model("gamification", "Badge").objects.get_or_create(
            key=key,
            defaults={
                "title": title,
                "description": description,
                "icon": icon,
                "metric": metric,
                "threshold": threshold,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("gamification", "0002_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
