"""Conversations that were there before are found too: their words are written, in batches; again: nothing changes."""

from django.db import migrations

from chat.retrieval.words import terms_of

BATCH = 500


def _terms(asker, course, language, text):
    return " ".join([f"ofasker{asker}", f"incourse{course}", *terms_of(text, language=language)])


def write(apps, schema_editor):
    Conversation, Message, Findable = (apps.get_model("chat", name) for name in ("Conversation", "Message", "Findable"))
    titles = Conversation.objects.filter(findable=None).order_by("created_at", "pk")
    place = ("pk", "asker_id", "course_id", "course__language")
    _batches(
        Findable,
        (
            Findable(asker_id=asker, conversation_id=pk, terms=_terms(asker, course, language, title))
            for pk, asker, course, language, title in titles.values_list(*place, "title").iterator(BATCH)
        ),
    )
    said = Message.objects.filter(findable=None).exclude(content="").order_by("created_at", "pk")
    place = ("pk", "conversation_id", "asker_id", "conversation__course_id", "conversation__course__language")
    _batches(
        Findable,
        (
            Findable(
                asker_id=asker, conversation_id=talk, message_id=pk, terms=_terms(asker, course, language, content)
            )
            for pk, talk, asker, course, language, content in said.values_list(*place, "content").iterator(BATCH)
        ),
    )


def _batches(model, rows):
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            model.objects.bulk_create(batch)
            batch = []
    model.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("chat", "0006_find_conversations")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
