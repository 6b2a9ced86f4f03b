"""Messages that were there before name the course of their conversation, some thousands a statement."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

AT_ONCE = 5_000


def name_courses(apps, schema_editor):
    Conversation, Message = (apps.get_model("chat", name) for name in ("Conversation", "Message"))
    course = Conversation.objects.filter(pk=OuterRef("conversation")).values("course")
    nameless = Message.objects.filter(course=None).order_by("pk")
    while some := list(nameless.values_list("pk", flat=True)[:AT_ONCE]):
        Message.objects.filter(pk__in=some).update(course=Subquery(course))


class Migration(migrations.Migration):
    dependencies = [("chat", "0012_course_of_a_message")]

    operations = [migrations.RunPython(name_courses, migrations.RunPython.noop)]
