"""A course on masonry, and a model server on loopback."""

import asyncio

import pytest
from django.utils import timezone

from chat.providers import models
from chat.services import budgets
from chat.services.answers import Question, look_up, reserve, settle, stream
from tests.builders import a_lesson
from tests.chat.model_server import ModelServer

LIME = """\
## Lime mortar

Lime mortar stays soft and lets a wall breathe. It hardens slowly, over months, by taking carbon dioxide from the air.

## Pointing

Rake the joints out twice as deep as they are wide. Then press the mortar in with a pointing iron:

```
wet the joint, fill, press
```
"""


@pytest.fixture
def masonry(course):
    """Ines's course with a lesson on mortar and one on arches."""
    module = course.modules.get()
    a_lesson(module, title="Mortar", body=LIME)
    a_lesson(module, title="Arches", body="## Centring\n\nA wooden centring carries the arch until its keystone is in.")
    return course


@pytest.fixture
def model_server():
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture(params=["openai", "anthropic"])
def model(request, model_server, settings, monkeypatch):
    """The server, set up as the assistant's model in one of the formats; impatient, and never resting."""
    set_up(model_server, settings, monkeypatch, provider=request.param)
    return model_server


def set_up(server, settings, monkeypatch, *, provider="openai"):
    """Let the assistant ask this server."""
    base = f"http://127.0.0.1:{server.port}"
    settings.ASSISTANT_PROVIDER = provider
    settings.ASSISTANT_BASE_URL = f"{base}/v1" if provider == "openai" else base
    settings.ASSISTANT_MODEL = "stone-1"
    settings.ASSISTANT_API_KEY = "key-of-the-site"
    settings.ASSISTANT_ALLOW_PRIVATE = True
    monkeypatch.setattr(models, "READ_SECONDS", 0.4)
    monkeypatch.setattr(models, "resting", models.Resting())


def planned(asker, course, text, *recent, lesson=None, at=None):
    """A question counted, looked up and reserved, as when it is stored."""
    at = at or timezone.now()
    budgets.count_question(learner=asker.user, at=at)
    return reserve(look_up(Question(asker.user, course, text, recent, lesson), at=at), at=at)


def asked(asker, course, text, *recent, at=None):
    """The pieces of an answer and its end, settled as after a real stream."""
    at = at or timezone.now()
    plan = planned(asker, course, text, *recent, at=at)
    pieces = asyncio.run(collected(plan))
    settle(plan, pieces[-1], at=at)
    return pieces


async def collected(plan):
    return [piece async for piece in stream(plan)]
