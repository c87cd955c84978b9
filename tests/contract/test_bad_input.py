"""What every operation refuses alike, and how: a stable code, and nothing else happens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from services.chassis.http import MAX_BODY_BYTES
from services.chassis.idempotency import HEADER
from services.chassis.ids import new_id
from services.chassis.problems import PROBLEM_MEDIA_TYPE
from services.gateway.routes import takes_a_file
from tests.contract.fuzzing import AGENCIES, OPERATIONS, STAFF, FuzzedCentre, Operation

Ask = Callable[..., httpx.Response]

WITH_BODY = [operation for operation in OPERATIONS if operation.takes_a_body]
WITH_FILE = [operation for operation in OPERATIONS if operation.takes_a_file]
WITH_KEY = [operation for operation in OPERATIONS if operation.takes_a_key]


@pytest.fixture
def ask(centre: FuzzedCentre) -> Iterator[Ask]:
    """Sends a request to an operation, by default as somebody who is allowed to."""
    with httpx.Client(base_url=centre.url, timeout=30) as http:

        def send(
            operation: Operation,
            *,
            asker: str | None = None,
            method: str | None = None,
            headers: dict[str, str] | None = None,
            content: bytes = b"",
        ) -> httpx.Response:
            answers = (
                http.request(
                    method or operation.method,
                    centre.address(operation),
                    headers={**centre.headers(each), HEADER: new_id(), **(headers or {})},
                    content=content,
                )
                for each in ([asker] if asker else centre.askers(operation.path))
            )
            first = next(answers)
            if first.status_code != 403:
                return first
            return next((each for each in answers if each.status_code != 403), first)

        yield send


JSON = {"Content-Type": "application/json"}


def _differing(
    answers: Iterator[tuple[object, httpx.Response]], status: int, code: str
) -> list[str]:
    """The answers that are not this problem."""
    return [
        f"{what}: {answer.status_code} {answer.text[:300]}"
        for what, answer in answers
        if answer.status_code != status
        or answer.headers["content-type"] != PROBLEM_MEDIA_TYPE
        or answer.json()["code"] != code
    ]


def test_there_are_operations_of_every_kind() -> None:
    assert len(OPERATIONS) > len(WITH_BODY) > 10
    assert len(WITH_KEY) > 10


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x.y.z", "Basic YTpi"])
def test_nobody_is_let_in_without_a_token(ask: Ask, token: str) -> None:
    answers = ((each, ask(each, headers={"Authorization": token})) for each in OPERATIONS)
    assert _differing(answers, 401, "not_authenticated") == []


def test_agencies_do_not_go_through_the_staff_door_nor_staff_through_theirs(ask: Ask) -> None:
    answers = (
        (each, ask(each, asker=(AGENCIES if each.path.startswith("/ops/") else STAFF)[0]))
        for each in OPERATIONS
    )
    assert _differing(answers, 403, "forbidden") == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{", id="cut-off"),
        pytest.param(b"<case/>", id="xml"),
        pytest.param(b'{"a": "\xff"}', id="not-utf-8"),
        pytest.param(b'{"a": "\x07"}', id="raw-control-character"),
        pytest.param(b"[" * 100_000, id="nested-without-end"),
    ],
)
def test_a_body_that_is_no_json(ask: Ask, content: bytes) -> None:
    answers = ((each, ask(each, headers=JSON, content=content)) for each in WITH_BODY)
    assert _differing(answers, 400, "not_json") == []


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data"])
def test_a_body_of_another_media_type(ask: Ask, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    answers = ((each, ask(each, headers=headers, content=b"{}")) for each in WITH_BODY)
    assert _differing(answers, 415, "content_type_not_json") == []


def test_a_file_of_another_media_type(ask: Ask) -> None:
    headers = {"Content-Type": "application/x-unheard-of"}
    answers = ((each, ask(each, headers=headers, content=b"{}")) for each in WITH_FILE)
    assert _differing(answers, 415, "media_type_not_accepted") == []


def test_the_gateway_knows_where_files_are_sent() -> None:
    let_through = {
        each.path for each in OPERATIONS if each.method == "POST" and takes_a_file(each.path)
    }
    assert let_through == {each.path for each in WITH_FILE}


def test_a_body_that_is_too_large(ask: Ask) -> None:
    content = b'"' + b"x" * MAX_BODY_BYTES + b'"'
    answers = ((each, ask(each, headers=JSON, content=content)) for each in WITH_BODY)
    assert _differing(answers, 413, "body_too_large") == []


@pytest.mark.parametrize("content", [b"null", b"[]", b'"x"', b'{"unheard_of": 1}'])
def test_a_body_of_another_shape(ask: Ask, content: bytes) -> None:
    answers = [(each, ask(each, headers=JSON, content=content)) for each in WITH_BODY]
    assert _differing(iter(answers), 422, "validation_failed") == []
    if b"unheard_of" in content:
        # Unknown members are refused by name: they are usually misspelt ones.
        # Where a member says which of several shapes it is, that one is asked for first.
        nameless = [what for what, answer in answers if "unheard_of" not in answer.text]
        assert [each for each in nameless if not each.takes_one_of_several] == []


@pytest.mark.parametrize("period", ["0000-01", "2026-13", "2026-00", "2026-1", "26-01"])
def test_a_month_that_is_none(ask: Ask, centre: FuzzedCentre, period: str) -> None:
    (volumes,) = [each for each in WITH_KEY if each.path == "/ops/v1/volumes"]
    (readings,) = [each for each in WITH_KEY if each.path == "/ops/v1/readings"]
    common = {
        "id": "1",
        "org_number": centre.known.one("org_number", 0),
        "service": centre.known.one("service", 0),
        "period": period,
    }
    rows = {
        volumes: {**common, "unit": "payslip", "quantity": 1},
        readings: {**common, "level": "payslips-right-first-time", "good": 1, "total": 1},
    }
    answers = (
        (each, ask(each, headers=JSON, content=json.dumps({"source": "s", "rows": [row]}).encode()))
        for each, row in rows.items()
    )
    assert _differing(answers, 422, "validation_failed") == []


def test_a_command_without_a_key(ask: Ask) -> None:
    answers = (
        (each, ask(each, headers={HEADER: "", "Content-Type": each.media_type}, content=b"{}"))
        for each in WITH_KEY
    )
    assert _differing(answers, 400, "idempotency_key_missing") == []


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "OPTIONS"])
def test_a_method_that_does_not_apply(ask: Ask, method: str) -> None:
    answers = [(each, ask(each, method=method)) for each in OPERATIONS]
    assert _differing(iter(answers), 405, "method_not_allowed") == []
    assert [what for what, answer in answers if not answer.headers.get("allow")] == []


def test_every_answer_carries_a_correlation_id_and_no_cache_keeps_it(ask: Ask) -> None:
    for each in OPERATIONS:
        answer = ask(each, headers={"X-Correlation-ID": "a-correlation-id"}, method="PATCH")
        assert answer.headers["x-correlation-id"] == "a-correlation-id", each
        assert answer.headers["cache-control"] == "no-store", each
