"""Making one OpenAPI document of several."""

from __future__ import annotations

import copy
import re
from typing import Any

from services.gateway.documents.merge import merge

Json = dict[str, Any]

REF = "#/components/schemas/"


def operation(schema: str, operation_id: str = "op") -> Json:
    content = {"application/json": {"schema": {"$ref": REF + schema}}}
    return {
        "operationId": operation_id,
        "tags": ["inner"],
        "responses": {"200": {"description": "OK", "content": content}},
    }


def document(paths: Json, **schemas: Json) -> Json:
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1", "description": "What it does."},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def schema_of(merged: Json, path: str) -> str:
    content = merged["paths"][path]["get"]["responses"]["200"]["content"]
    name: str = content["application/json"]["schema"]["$ref"].removeprefix(REF)
    return name


STRING: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}


def holding(name: str) -> Json:
    return {"type": "object", "properties": {"it": {"$ref": REF + name}}}


def test_only_what_the_table_leads_to_the_service_is_kept() -> None:
    paths = {
        path: {"get": operation("A", path)}
        for path in ("/v1/cases", "/ops/v1/cases/{id}", "/internal/time", "/readyz", "/v1/invoices")
    }
    merged = merge({"onboarding": document(paths, A=STRING)})
    assert set(merged["paths"]) == {"/v1/cases", "/ops/v1/cases/{id}"}


def test_schemas_nobody_needs_are_left_out() -> None:
    merged = merge(
        {
            "onboarding": document(
                {"/v1/cases": {"get": operation("A")}}, A=holding("B"), B=STRING, C=NUMBER
            )
        }
    )
    assert set(merged["components"]["schemas"]) == {"A", "B", "Problem"}


def test_a_schema_that_is_the_same_everywhere_stands_once() -> None:
    merged = merge(
        {
            "onboarding": document({"/v1/cases": {"get": operation("A")}}, A=STRING),
            "billing": document({"/v1/invoices": {"get": operation("A")}}, A=STRING),
        }
    )
    assert set(merged["components"]["schemas"]) == {"A", "Problem"}


def test_schemas_that_differ_are_named_after_their_services() -> None:
    merged = merge(
        {
            "collab_model": document({"/v1/matters": {"get": operation("A")}}, A=STRING),
            "billing": document({"/v1/invoices": {"get": operation("A")}}, A=NUMBER),
        }
    )
    assert schema_of(merged, "/v1/matters") == "CollabModelA"
    assert schema_of(merged, "/v1/invoices") == "BillingA"
    assert merged["components"]["schemas"]["CollabModelA"] == STRING
    assert merged["components"]["schemas"]["BillingA"] == NUMBER


def test_schemas_alike_in_text_but_built_on_differing_ones_are_kept_apart() -> None:
    merged = merge(
        {
            "onboarding": document(
                {"/v1/cases": {"get": operation("A")}}, A=holding("B"), B=holding("C"), C=STRING
            ),
            "billing": document(
                {"/v1/invoices": {"get": operation("A")}}, A=holding("B"), B=holding("C"), C=NUMBER
            ),
        }
    )
    schemas = merged["components"]["schemas"]
    reached = schemas[schema_of(merged, "/v1/invoices")]
    while "properties" in reached:
        reached = schemas[reached["properties"]["it"]["$ref"].removeprefix(REF)]
    assert reached == NUMBER
    assert schema_of(merged, "/v1/cases") == "OnboardingA"


def test_a_prefixed_name_never_hits_another_schema() -> None:
    merged = merge(
        {
            "onboarding": document(
                {"/v1/cases": {"get": operation("A")}}, A=holding("BillingA"), BillingA=NUMBER
            ),
            "billing": document({"/v1/invoices": {"get": operation("A")}}, A=STRING),
        }
    )
    schemas = merged["components"]["schemas"]
    assert schemas[schema_of(merged, "/v1/invoices")] == STRING
    assert schemas["BillingA"] == NUMBER


def test_schemas_that_hold_themselves_do_no_harm() -> None:
    merged = merge(
        {
            "onboarding": document({"/v1/cases": {"get": operation("A")}}, A=holding("A")),
            "billing": document({"/v1/invoices": {"get": operation("A")}}, A=holding("A")),
        }
    )
    assert merged["components"]["schemas"]["A"] == holding("A")


def test_a_discriminators_mapping_is_renamed_too() -> None:
    union: Json = {
        "oneOf": [{"$ref": REF + "B"}],
        "discriminator": {"propertyName": "kind", "mapping": {"b": REF + "B"}},
    }
    merged = merge(
        {
            "onboarding": document({"/v1/cases": {"get": operation("A")}}, A=union, B=STRING),
            "billing": document({"/v1/invoices": {"get": operation("B")}}, B=NUMBER),
        }
    )
    schema = merged["components"]["schemas"]["A"]
    assert schema["discriminator"]["mapping"] == {"b": REF + "OnboardingB"}


def test_the_frameworks_own_refusal_becomes_the_problem_that_is_answered() -> None:
    described = operation("A")
    described["responses"]["422"] = {
        "description": "Validation Error",
        "content": {"application/json": {"schema": {"$ref": REF + "HTTPValidationError"}}},
    }
    merged = merge(
        {
            "onboarding": document(
                {"/v1/cases": {"get": described}}, A=STRING, HTTPValidationError=STRING
            )
        }
    )
    assert merged["paths"]["/v1/cases"]["get"]["responses"]["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": REF + "Problem"}}
    }
    assert "HTTPValidationError" not in merged["components"]["schemas"]


def test_a_problem_response_without_a_schema_gets_the_problems() -> None:
    described = operation("A")
    described["responses"]["409"] = {
        "description": "Not now",
        "content": {"application/problem+json": {}},
    }
    merged = merge({"onboarding": document({"/v1/cases": {"get": described}}, A=STRING)})
    assert merged["paths"]["/v1/cases"]["get"]["responses"]["409"] == {
        "description": "Not now",
        "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}},
    }


def test_a_services_own_problem_schema_gives_way_to_the_one() -> None:
    described = operation("A")
    described["responses"]["409"] = {
        "description": "Not now",
        "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}},
    }
    merged = merge(
        {"onboarding": document({"/v1/cases": {"get": described}}, A=STRING, Problem=NUMBER)}
    )
    assert merged["components"]["schemas"]["Problem"]["required"][0] == "type"


def test_operations_carry_their_services_tag_the_scheme_and_a_name_of_their_own() -> None:
    merged = merge(
        {
            "onboarding": document({"/v1/cases": {"get": operation("A")}}, A=STRING),
            "billing": document({"/v1/invoices": {"get": operation("A")}}, A=STRING),
        },
        public_url="https://centre.example",
    )
    operations = [item["get"] for item in merged["paths"].values()]
    assert [each["tags"] for each in operations] == [["onboarding"], ["billing"]]
    assert all(each["security"] == [{"oauth2": []}] for each in operations)
    assert len({each["operationId"] for each in operations}) == 2
    assert [tag["name"] for tag in merged["tags"]] == ["onboarding", "billing"]
    assert merged["servers"] == [{"url": "https://centre.example"}]


def test_every_reference_leads_somewhere() -> None:
    merged = merge(
        {
            "onboarding": document(
                {"/v1/cases": {"get": operation("A")}}, A=holding("B"), B=STRING
            ),
            "billing": document({"/v1/invoices": {"get": operation("B")}}, B=NUMBER),
        }
    )
    found = set(re.findall(REF + r"(\w+)", repr(merged)))
    assert found <= merged["components"]["schemas"].keys()


def test_the_services_documents_are_left_as_they_are() -> None:
    documents = {
        "onboarding": document({"/v1/cases": {"get": operation("A")}}, A=STRING),
        "billing": document({"/v1/invoices": {"get": operation("A")}}, A=NUMBER),
    }
    before = copy.deepcopy(documents)
    merge(documents)
    assert documents == before
