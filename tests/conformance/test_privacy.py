"""Every model says what becomes of it when a person takes their data along or goes."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from learning.models import User
from learning.privacy import REGISTRY, Entry, Kind

OURS = {"learning", "chat", "gamification", "notifications", "analytics"}


def points_at_people(model: type[models.Model]) -> set[str]:
    """Fields of the model that lead to a person: by foreign key, one to one, many to many, or to anything at all."""
    related = {f.name for f in model._meta.get_fields() if not f.auto_created and f.related_model is User}
    return related | {f.name for f in model._meta.private_fields if isinstance(f, GenericForeignKey)}


def concerned() -> list[type[models.Model]]:
    """Our models, and those of libraries that point at a person; tables of many-to-many fields included."""
    return [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.app_label in OURS or points_at_people(m) or m._meta.label in REGISTRY
    ]


def words(model: type[models.Model]) -> set[str]:
    """Fields that can hold anything that somebody wrote, or a copy of it."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return {f.name for f in model._meta.concrete_fields if isinstance(f, kinds) and not f.choices}


def passed_over(model: type[models.Model], entry: Entry) -> set[str]:
    return (points_at_people(model) | words(model)) - entry.mentioned


def leads_to_a_person(model: type[models.Model], path: str) -> bool:
    if path == "pk":
        return model is User
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model
    return model is User


@pytest.mark.parametrize("model", concerned(), ids=lambda m: m._meta.label)
def test_each_model_says_what_becomes_of_it(model):
    entry = REGISTRY.get(model._meta.label)
    assert entry, f"learning/privacy.py has no entry for {model._meta.label}"
    assert not passed_over(model, entry), "its entry passes over these fields"
    assert entry.reason
    assert entry.kind is Kind.NOT_PERSONAL or entry.paths, "whose is it?"
    assert all(leads_to_a_person(model, path) for path in entry.paths)


@pytest.mark.parametrize("model", concerned(), ids=lambda m: m._meta.label)
def test_each_field_that_an_entry_names_exists_and_can_be_emptied(model):
    entry = REGISTRY[model._meta.label]
    known = {f.name for f in model._meta.get_fields()} | {"pk"}
    assert entry.mentioned <= known
    assert not entry.emptied or entry.kind is Kind.PSEUDONYMISE, "what is deleted needs no emptying"


def test_no_entry_is_about_a_model_that_is_gone():
    assert set(REGISTRY) <= {m._meta.label for m in apps.get_models(include_auto_created=True)}


def test_a_new_relation_or_text_is_noticed():
    """The guard itself: a model with a person, a copy of a name and a bag of anything, and an entry that says little."""

    class Bag(models.Model):
        learner = models.ForeignKey(User, models.CASCADE, related_name="+")
        friends = models.ManyToManyField(User, related_name="+")
        learner_name = models.CharField(max_length=80)
        anything = models.JSONField()
        shade = models.CharField(max_length=8, choices=[("dark", "Dark")])

        class Meta:
            app_label = "planted"

    assert passed_over(Bag, Entry(Kind.DELETE, "planted", person="learner")) == {"friends", "learner_name", "anything"}
    del apps.all_models["planted"]
    apps.clear_cache()
    User._meta._expire_cache()
