"""The OpenAPI schema describes what the API does."""

from __future__ import annotations

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
