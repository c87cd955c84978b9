"""Whatever is asked, the centre answers as its OpenAPI document says."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
)

from services.chassis.idempotency import HEADER
from services.chassis.ids import new_id
from services.chassis.problems import PROBLEM_MEDIA_TYPE, VALIDATION_FAILED
from services.documents.files import all_problems
from services.gateway.documents.merge import PROBLEM_SCHEMA
from tests.contract.fuzzing import AGENCIES, DOCUMENT, OPERATIONS, FuzzedCentre, Operation


def _closed(node: Any) -> Any:
    """A document in which mappings with a pattern for their keys have no other keys.

    The framework's description of such a mapping leaves that out.
    """
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    return {**closed, "additionalProperties": False} if "patternProperties" in closed else closed


CLOSED = _closed(DOCUMENT)
SCHEMA = schemathesis.openapi.from_dict(CLOSED)
CATALOGUE = {entry.problem.code: entry.problem for entry in all_problems()}
PROBLEM = Draft202012Validator(PROBLEM_SCHEMA)
AnyCase = Case[Any]
EXAMPLES = 20
ROUNDS = 5
"""Of so many examples at most, until a reading has shown something."""
# A step of centuries would take the centre as long as it takes to live through them.
ALWAYS_AIMED = {"POST /ops/v1/clock"}
# An exit is archived a year after its notice; a flow tells that story (flows/exit.yaml).
NOT_REACHED = {f"GET {door}/exits/{{exit_id}}/archive" for door in ("/v1", "/ops/v1")}


@pytest.fixture(scope="module")
def connection() -> Iterator[requests.Session]:
    """One connection for all: making a new one takes as long as most answers."""
    with requests.Session() as session:
        yield session


@dataclass
class Door:
    """An operation at one of the doors, who goes through it, and what it has answered."""

    described: Operation
    askers: list[str]
    statuses: set[int] = field(default_factory=set)

    @property
    def label(self) -> str:
        """The operation's name in the document."""
        return str(self.described)

    @property
    def is_reached(self) -> bool:
        """Whether it has shown something, where it is a reading that should."""
        must_show = self.described.method == "GET" and self.label not in NOT_REACHED
        return 200 in self.statuses or not must_show

    def case(self, drawn: AnyCase) -> AnyCase:
        """The case as it is sent through this door."""
        return _operation(self.label).Case(
            path_parameters=deepcopy(drawn.path_parameters),
            headers=drawn.headers.copy(),
            query=deepcopy(drawn.query),
            body=drawn.body if drawn.body is NOT_SET else deepcopy(drawn.body),
            media_type=drawn.media_type,
            multipart_content_types=drawn.multipart_content_types,
            _meta=deepcopy(drawn.meta),
        )


def _operation(label: str) -> APIOperation[Any, Any, Any, Any]:
    operation = SCHEMA.find_operation_by_label(label)
    assert operation is not None
    return operation


def _takes(described: Operation) -> Any:
    raw = DOCUMENT["paths"][described.path][described.method.lower()]
    return raw.get("parameters"), raw.get("requestBody")


def _at_its_doors() -> list[tuple[Operation, ...]]:
    """Operations that take the same at both doors together: drawing takes as long as asking."""
    alike: dict[tuple[str, str], list[Operation]] = {}
    for described in OPERATIONS:
        path = described.path.removeprefix("/ops")
        alike.setdefault((path, described.method), []).append(described)
    return [
        group
        for found in alike.values()
        for group in (
            [tuple(found)]
            if all(_takes(each) == _takes(found[0]) for each in found)
            else [(each,) for each in found]
        )
    ]


@pytest.mark.parametrize(
    "operations", _at_its_doors(), ids=lambda operations: " and ".join(map(str, operations))
)
def test_an_operation_answers_as_described(
    operations: tuple[Operation, ...], centre: FuzzedCentre, connection: requests.Session
) -> None:
    operation = _operation(str(operations[0]))
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.NEGATIVE),
    )
    doors = [Door(each, [*centre.askers(each.path)]) for each in operations]
    wrong: dict[str, str] = {}

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        # Shrinking asks again, but the centre is no longer as it was.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn=cases, index=st.integers(0, 7))
    def ask(drawn: AnyCase, index: int) -> None:
        for door in doors:
            case = door.case(drawn)
            _aim(case, centre, index)
            for asker, response in _ask_everybody(case, door.askers, centre, connection):
                door.statuses.add(response.status_code)
                _check(case, response, asker, wrong)

    for number in range(ROUNDS):
        seed(number)(ask)()
        if all(door.is_reached for door in doors):
            break
    for door in doors:
        if not door.is_reached:
            wrong[f"reach {door.label}"] = (
                f"{door.label} never answered 200, only {sorted(door.statuses)}: this test tests"
                " little"
            )
    if wrong:
        told = "\n\n".join(wrong.values())
        pytest.fail(f"{told}\n\n{centre.log_tail()}", pytrace=False)


def _aim(case: AnyCase, centre: FuzzedCentre, index: int) -> None:
    """Put values that the centre knows into most of the cases, and a fresh key if any.

    What is wrong on purpose stays as it is; the rest being right, it cannot hide behind
    another refusal.
    """
    if index == 0 and case.operation.label not in ALWAYS_AIMED:
        return
    if _is_right(case, ParameterLocation.PATH):
        case.path_parameters = centre.known.into(dict(case.path_parameters), index)
    if _is_right(case, ParameterLocation.QUERY):
        case.query = centre.known.into(dict(case.query), index)
    if _is_right(case, ParameterLocation.HEADER) and HEADER in case.headers:
        case.headers[HEADER] = new_id()
    if isinstance(case.body, dict | list) and (
        _is_right(case, ParameterLocation.BODY) or case.operation.label in ALWAYS_AIMED
    ):
        case.body = _whole(centre.known.into(case.body, index))


def _is_right(case: AnyCase, location: ParameterLocation) -> bool:
    component = case.meta.components.get(location) if case.meta else None
    return component is None or component.mode is GenerationMode.POSITIVE


def _whole(document: Any) -> Any:
    """A JSON document whose whole numbers are written without a fraction.

    JSON Schema takes 3.0 for an integer; some of our fields do not, on purpose.
    """
    if isinstance(document, dict):
        return {key: _whole(value) for key, value in document.items()}
    if isinstance(document, list):
        return [_whole(item) for item in document]
    return int(document) if isinstance(document, float) and document.is_integer() else document


def _ask_everybody(
    case: AnyCase, askers: list[str], centre: FuzzedCentre, connection: requests.Session
) -> Iterator[tuple[str, Response]]:
    """Ask as each who goes through the door, until one may ask and sees what it is about.

    That one is asked first the next time. What is not there for one agency may be there for
    another; what is not there for one of the staff is there for nobody.
    """
    for asker in tuple(askers):
        response = case.call(centre.url, connection, headers=centre.headers(asker))
        yield asker, response
        if response.status_code == 403 or (response.status_code == 404 and asker in AGENCIES):
            continue
        askers.remove(asker)
        askers.insert(0, asker)
        return


def _check(case: AnyCase, response: Response, asker: str, wrong: dict[str, str]) -> None:
    checks = [
        not_a_server_error,
        content_type_conformance,
        response_schema_conformance,
        negative_data_rejection,
    ]
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as failures:
        for failure in failures.exceptions:
            wrong.setdefault(type(failure).__name__, _told(case, response, asker, str(failure)))
    for name, text in _problem_faults(case, response):
        wrong.setdefault(name, _told(case, response, asker, text))


def _problem_faults(case: AnyCase, response: Response) -> list[tuple[str, str]]:
    """What is wrong with a refusal as such, or with an answer nobody described."""
    if response.status_code < 400:
        described = str(response.status_code) in case.operation.definition.raw["responses"]
        return [] if described else [("status", f"{response.status_code} is not described")]
    media_type = response.headers.get("content-type", [""])[0]
    if media_type != PROBLEM_MEDIA_TYPE:
        return [("media type", f"a refusal as {media_type}")]
    document = response.json()
    faults = [("document", error.message) for error in PROBLEM.iter_errors(document)]
    if faults:
        return faults
    known = CATALOGUE.get(document["code"])
    if known is None:
        return [("code", f"{document['code']} is not in the catalogue")]
    if (document["status"], document["title"]) != (known.status, known.title):
        faults.append(("catalogue", f"{document['code']} is otherwise in the catalogue"))
    # A rule of ours that no schema can express says so itself, and may entail more.
    if (
        document["code"] == VALIDATION_FAILED.code
        and _fits_the_schema(case)
        and not any(error["message"].startswith("Value error, ") for error in document["errors"])
    ):
        faults.append(("refused", f"the schema does not say: {document['errors']}"))
    if document["status"] != response.status_code:
        faults.append(("status", f"{document['status']} in the body"))
    if [document["correlation_id"]] != response.headers.get("x-correlation-id"):
        faults.append(("correlation", "the header has another correlation id"))
    return faults


def _fits_the_schema(case: AnyCase) -> bool:
    """Whether a case was meant to fit, and its body also does by a stricter reading."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return False
    body = case.operation.definition.raw.get("requestBody")
    if body is None or "application/json" not in body["content"]:
        return True
    schema = body["content"]["application/json"]["schema"]
    return Draft202012Validator({**CLOSED, **schema}).is_valid(case.body)


def _told(case: AnyCase, response: Response, asker: str, text: str) -> str:
    return (
        f"{text}\n  asked as {asker}: {case.method} {case.formatted_path} {dict(case.query)}"
        f"\n  body: {case.body!r:.800}\n  answer: {response.status_code} {response.text:.800}"
    )
