"""Problems as RFC 9457 describes them."""

from __future__ import annotations

import json
import re

import pytest

from services.chassis.problems import (
    CHASSIS_PROBLEMS,
    NOT_FOUND,
    Problem,
    ProblemType,
    not_found,
)

REFUSED = ProblemType("gate_not_open", 409, "The gate is not open")


def test_a_problem_document_has_every_member_of_the_standard_and_ours() -> None:
    problem = Problem(REFUSED, "Two things are missing.", missing=["a", "b"])
    document = problem.document("/v1/cases/1", "chain-0001")
    assert document == {
        "type": "urn:ssc:problem:gate_not_open",
        "code": "gate_not_open",
        "title": "The gate is not open",
        "status": 409,
        "detail": "Two things are missing.",
        "instance": "/v1/cases/1",
        "correlation_id": "chain-0001",
        "missing": ["a", "b"],
    }
    assert json.loads(json.dumps(document)) == document


def test_a_problem_is_an_exception_that_says_what_happened() -> None:
    with pytest.raises(Problem, match=r"^Two things are missing\.$") as raised:
        raise Problem(REFUSED, "Two things are missing.", headers={"Retry-After": "2"})
    assert raised.value.headers == {"Retry-After": "2"}
    assert Problem(REFUSED, "x").headers == {}


def test_the_chassis_codes_are_stable_names_and_each_is_given_once() -> None:
    codes = [type_.code for type_ in CHASSIS_PROBLEMS]
    assert len(codes) == len(set(codes))
    assert {(type_.code, type_.status) for type_ in CHASSIS_PROBLEMS} >= {
        ("not_found", 404),
        ("method_not_allowed", 405),
        ("not_authenticated", 401),
        ("forbidden", 403),
        ("validation_failed", 422),
        ("not_json", 400),
        ("content_type_not_json", 415),
        ("body_too_large", 413),
        ("idempotency_key_missing", 400),
        ("idempotency_key_reused", 422),
        ("changed_meanwhile", 409),
        ("storage_unavailable", 503),
        ("internal_error", 500),
    }
    for type_ in CHASSIS_PROBLEMS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", type_.code)
        assert 400 <= type_.status < 600


def test_a_missing_thing_is_told_as_a_foreign_one() -> None:
    problem = not_found("case")
    assert problem.type is NOT_FOUND
    assert problem.detail == "No case with that identifier is visible to you."
