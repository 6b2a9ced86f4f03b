"""The OpenAPI schema describes what the API does."""

from __future__ import annotations

import json

import pytest
import yaml
from django.core.management import call_command


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """Made without a single warning, or not at all."""
    file = tmp_path_factory.mktemp("schema") / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    return yaml.safe_load(file.read_text())


def test_every_operation_says_how_it_refuses(schema):
    for path, operations in schema["paths"].items():
        for method in set(operations) & {"get", "post", "put", "patch", "delete"}:
            missing = {"400", "401", "403", "404", "405", "429"} - set(operations[method]["responses"])
            assert not missing, (method, path)


def test_what_is_written_can_be_refused_for_its_body(schema):
    for path, operations in schema["paths"].items():
        for method in set(operations) & {"post", "put", "patch", "delete"}:
            missing = {"409", "413", "415"} - set(operations[method]["responses"])
            assert not missing, (method, path)


def test_what_takes_a_key_says_so_and_that_another_body_is_refused(schema):
    for path, operations in schema["paths"].items():
        for method in set(operations) & {"get", "post", "put", "patch", "delete"}:
            named = {p["name"] for p in operations[method].get("parameters", []) if p["in"] == "header"}
            assert ("Idempotency-Key" in named) == ("422" in operations[method]["responses"]), (method, path)
    (key,) = schema["paths"]["/api/practice/"]["post"]["parameters"]
    assert (key["required"], key["schema"]["maxLength"]) == (False, 255)


# What has no type of its own, and why.
ANYTHING = {
    "BeatsRequest.beats": "each is judged alone, also one that is none",
    "Dashboard.challenges": "not given out yet",
    "Profile.challenges": "not given out yet",
}
TYPES = {"type", "$ref", "oneOf", "allOf", "anyOf", "enum", "const"}


def test_every_member_has_a_type(schema):
    loose = set()
    for name, component in schema["components"]["schemas"].items():
        for member, said in component.get("properties", {}).items():
            inner = said.get("items", said)
            inner = inner.get("additionalProperties", inner) if isinstance(inner, dict) else inner
            if not isinstance(inner, dict) or not TYPES & set(inner):
                loose.add(f"{name}.{member}")
    assert loose <= set(ANYTHING)


def test_a_body_takes_no_members_that_it_does_not_name(schema):
    bodies = {n: c for n, c in schema["components"]["schemas"].items() if n.endswith("Request") and "properties" in c}
    assert bodies
    assert [name for name, body in bodies.items() if body.get("additionalProperties") is not False] == []


def test_the_end_of_a_list_is_null(schema):
    for name, component in schema["components"]["schemas"].items():
        if name.startswith("Paginated"):
            assert component["properties"]["next"]["type"] == ["string", "null"], name
            assert set(component["required"]) >= {"next", "previous", "results"}


def test_nothing_speaks_the_words_of_an_older_openapi(schema):
    assert schema["openapi"].startswith("3.1")
    assert "nullable" not in json.dumps(schema)


def test_a_token_is_one_way_in(schema):
    scheme = schema["components"]["securitySchemes"]["token"]
    assert (scheme["in"], scheme["name"]) == ("header", "Authorization")


def test_the_address_can_be_read_and_not_written(schema):
    components = schema["components"]["schemas"]
    assert "email" in components["Me"]["properties"]
    assert "email" not in components["PatchedMeRequest"]["properties"]


def test_anybody_may_read_the_schema(client, db):
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"].split("; ")


def test_ids_in_addresses_are_whole_numbers(schema):
    (course,) = schema["paths"]["/api/courses/{course}/"]["get"]["parameters"]
    assert course["schema"]["type"] == "integer"


def test_what_the_reference_can_is_to_be_read(client, db):
    assert client.options("/api/docs/").status_code == 405
