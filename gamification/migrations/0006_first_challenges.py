"""The challenges that every site begins with; Subject Master is earned once per category."""

from django.db import migrations

CHALLENGES = [
    ("one_session", "One good session", "Finish a lesson or a practice.", "sessions", 1, 0, 20),
    ("two_sessions", "Twice today", "Finish 2 sessions.", "sessions", 2, 0, 25),
    ("three_sessions", "Three stones", "Finish 3 sessions.", "sessions", 3, 0, 30),
    ("five_sessions", "A tall pile", "Finish 5 sessions.", "sessions", 5, 0, 50),
    ("ten_minutes", "Ten quiet minutes", "Study for 10 minutes.", "minutes", 10, 0, 20),
    ("twenty_minutes", "Twenty minutes", "Study for 20 minutes.", "minutes", 20, 0, 30),
    ("forty_minutes", "A long sitting", "Study for 40 minutes.", "minutes", 40, 0, 40),
    ("practice_80", "Nearly all right", "Finish a practice with 80 % or more.", "practice_score", 1, 80, 35),
    ("practice_100", "All right", "Finish a practice with 100 %.", "practice_score", 1, 100, 50),
    ("other_course", "Another path", "Finish a session in another course than your last one.", "other_course", 1, 0, 30),
    ("watch_video", "Watch to the end", "Finish a video.", "videos", 1, 0, 25),
    ("ask_question", "Ask away", "Ask the assistant a question.", "questions", 1, 0, 20),
]


def add(apps, schema_editor):
    for key, title, description, kind, target, score, xp in CHALLENGES:
        apps.get_model("gamification", "ChallengeTemplate").objects.get_or_create(
            key=key,
            defaults={
                "title": title,
                "description": description,
                "kind": kind,
                "target": target,
                "score": score,
                "xp": xp,
            },
        )
    apps.get_model("gamification", "Badge").objects.filter(key="subject_master", scope="site").update(scope="category")


class Migration(migrations.Migration):
    dependencies = [("gamification", "0005_challenges_goals_and_switches")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
