"""A model that cannot be asked stops the start, in words."""

import importlib.util

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

GOOD = {"ASSISTANT_PROVIDER": "openai", "ASSISTANT_MODEL": "stone-1", "ASSISTANT_API_KEY": "key"}


@pytest.fixture
def checked(settings):
    def check(**values):
        for name, value in values.items():
            setattr(settings, name, value)
        call_command("check")

    return check


def test_the_default_needs_nothing(checked, settings):
    assert settings.ASSISTANT_PROVIDER == "extractive"
    checked()


@pytest.mark.parametrize(
    "more", [{}, {"ASSISTANT_PROVIDER": "anthropic"}, {"ASSISTANT_BASE_URL": "https://ai.example/v1"}]
)
def test_a_model_with_all_that_it_needs_is_taken(checked, more):
    checked(**GOOD | more)


def test_a_model_beside_cairn_needs_no_key(checked):
    checked(
        **GOOD
        | {"ASSISTANT_API_KEY": "", "ASSISTANT_BASE_URL": "http://localhost:11434/v1", "ASSISTANT_ALLOW_PRIVATE": True}
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ASSISTANT_PROVIDER": "oracle"}, "it can be extractive, openai, anthropic"),
        ({"ASSISTANT_MODEL": ""}, "needs ASSISTANT_MODEL"),
        ({"ASSISTANT_API_KEY": ""}, "needs ASSISTANT_API_KEY"),
        ({"ASSISTANT_BASE_URL": "http://ai.example/v1"}, "only https"),
        ({"ASSISTANT_BASE_URL": "https://169.254.169.254/"}, "not public"),
        ({"ASSISTANT_BASE_URL": "https://0177.0.0.1/"}, "ASSISTANT_BASE_URL cannot be asked"),
        ({"ASSISTANT_BASE_URL": "file:///etc/passwd"}, "only https"),
        ({"ASSISTANT_BASE_URL": "ai.example"}, "only https"),
    ],
)
def test_what_is_missing_or_wrong_is_named(checked, values, said):
    with pytest.raises(SystemCheckError, match=said):
        checked(**GOOD | values)


def test_packages_that_are_not_installed_are_named_with_the_way_to_them(checked, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if "pydantic" in name else real(name, *rest)
    )
    with pytest.raises(SystemCheckError, match=r"pydantic_ai.*\n.*requirements/assistant.txt"):
        checked(**GOOD)
