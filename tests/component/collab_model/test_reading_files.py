"""Readings of every kind, one by one and from files, and what is refused of them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from services.chassis.consumer import NotYet
from services.chassis.problems import Problem
from services.chassis.testing import RunningService
from services.contracts.onboarding import AgreementSigned
from services.contracts.outside import MeasureReported
from services.contracts.values import MeasureKind, ServiceLevel
from tests.component.collab_model.following_up import (
    ALL,
    MARCH,
    PAY_DAYS,
    SATISFACTION,
    SELF_SERVICE,
    measured_agreement,
    only,
    reading,
    report,
)
from tests.component.collab_model.signed import CORRECT_PAY, PAYROLL, PENSIONS, at, went_live

NAMELESS = ServiceLevel(
    key="nameless",
    name="In time with nothing",
    name_sv="I tid med ingenting",
    kind=MeasureKind.PUNCTUALITY,
    required_share_percent=PAY_DAYS.required_share_percent,
)
NOON = "2025-03-20T12:00:00+01:00"


@pytest.fixture
async def signed(service: RunningService) -> AgreementSigned:
    """Payroll with a level of each kind, and one without a measure, live since March."""
    signed = measured_agreement(*ALL, NAMELESS)
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 3, 1)))
    await service.advance(at(2025, 3, 31, 20))
    return signed


def stop(**changes: Any) -> dict[str, Any]:
    return {"started_at": NOON, "ended_at": "2025-03-20T13:00:00+01:00", **changes}


IMPOSSIBLE: tuple[tuple[ServiceLevel, dict[str, Any], str], ...] = (
    (CORRECT_PAY, {}, "reading_does_not_fit"),
    (CORRECT_PAY, {"good": 1}, "reading_impossible"),
    (CORRECT_PAY, {"good": 1, "total": 2, "stops": []}, "reading_does_not_fit"),
    (CORRECT_PAY, {"grades": [1] * 10}, "reading_does_not_fit"),
    (CORRECT_PAY, {"good": 1, "total": 2, "replaces": "never-sent"}, "reading_unknown"),
    (SATISFACTION, {"good": 1, "total": 2}, "reading_does_not_fit"),
    (SELF_SERVICE, {"stops": [stop(ended_at=NOON)]}, "reading_impossible"),
    (SELF_SERVICE, {"stops": [stop(started_at="2025-04-02T12:00:00Z")]}, "reading_impossible"),
    (SELF_SERVICE, {"stops": [stop(planned=True)]}, "reading_impossible"),
    (
        SELF_SERVICE,
        {"stops": [stop(started_at="2025-02-27T12:00:00Z", ended_at="2025-02-28T23:00:00Z")]},
        "reading_impossible",
    ),
    (SELF_SERVICE, {"stops": [stop(cause="gremlins")]}, "cause_unknown"),
    (
        PAY_DAYS,
        {"deliveries": [{"delivery": "bonus", "delivered_at": NOON}]},
        "delivery_unknown",
    ),
    (
        PAY_DAYS,
        {"deliveries": [{"delivery": "pay", "delivered_at": "2025-05-01T00:00:00Z"}]},
        "reading_impossible",
    ),
    (NAMELESS, {"deliveries": []}, "level_without_measure"),
)


async def test_a_reading_that_cannot_be_is_refused_and_nothing_is_kept(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    for level, content, code in IMPOSSIBLE:
        answer = await report(manager, MARCH[0], reading("wrong", level, **content))
        assert answer.json()["code"] == code, answer.text
    assert (await report(manager, MARCH[0])).json() == {"accepted": 1, "already_known": 0}


async def test_a_reading_is_replaced_by_another_of_its_source(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await report(manager, MARCH[0])
    await report(manager, reading("better", CORRECT_PAY, good=5, total=10, replaces="pay-right"))
    await report(manager, reading("best", CORRECT_PAY, good=9, total=10, replaces="better"))
    # Both would count.
    twice = reading("twice", CORRECT_PAY, good=1, total=10, replaces="better")
    assert (await report(manager, twice)).json()["code"] == "reading_conflict"
    twice = reading("twice", CORRECT_PAY, good=1, total=10, replaces="best")
    assert (await report(manager, twice, {**twice, "id": "thrice"})).json()["code"] == (
        "reading_conflict"
    )
    other = {
        "source": "other",
        "rows": [reading("x", CORRECT_PAY, good=1, total=1, replaces="best")],
    }
    assert (await manager.post("/ops/v1/readings", json=other)).json()["code"] == "reading_unknown"
    await service.advance(at(2025, 4, 1, 3))
    [share] = [
        each
        for each in (await only(manager, "/ops/v1/statements"))["levels"]
        if each["level"] == CORRECT_PAY.key
    ]
    assert (share["good"], share["total"]) == (9, 10)


async def test_too_few_answers_are_not_shown(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await report(manager, reading("survey", SATISFACTION, grades=[4, *[0] * 9]))
    await service.advance(at(2025, 4, 1, 3))
    [index] = [
        each
        for each in (await only(manager, "/ops/v1/statements"))["levels"]
        if each["level"] == SATISFACTION.key
    ]
    assert (index["outcome_percent"], index["measured"], index["met"]) == (None, 4, True)


HEAD = (
    "id;org_number;service;level;period;good;total;started_at;ended_at;delivery;delivered_at;grades"
)
ROWS = f"""{HEAD}
a;{PENSIONS};{PAYROLL};correct-pay;2025-03;99;100;;;;;
b;{PENSIONS};{PAYROLL};self-service;2025-03;;;2025-03-10T09:00:00+01:00;2025-03-10T10:00:00+01:00;;;
c;{PENSIONS};{PAYROLL};pay-days;2025-03;;;;;pay;2025-03-25T07:00:00+01:00;
d;{PENSIONS};{PAYROLL};satisfaction;2025-03;;;;;;;0 0 0 0 0 1 2 3 2 1

e;{PENSIONS};{PAYROLL};no-such;2025-03;1;1;;;;;
f;{PENSIONS};{PAYROLL};correct-pay;2025-03;many;1;;;;;
g;{PENSIONS};{PAYROLL};correct-pay
a;{PENSIONS};{PAYROLL};correct-pay;2025-03;98;100;;;;;
a;{PENSIONS};{PAYROLL};correct-pay;2025-03;99;100;;;;;
"""
OUTCOMES = [
    (2, "accepted", None),
    (3, "accepted", None),
    (4, "accepted", None),
    (5, "accepted", None),
    (7, "refused", "level_unknown"),
    (8, "refused", "row_invalid"),
    (9, "refused", "row_invalid"),
    (10, "refused", "reading_conflict"),
    (11, "already_known", None),
]


async def test_a_file_is_kept_row_by_row_and_reported_on(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    async def send(content: str, media_type: str = "text/csv") -> dict[str, Any]:
        answer = await manager.post(
            "/ops/v1/readings/imports",
            params={"source": "file"},
            content=content.encode(),
            headers={"Content-Type": media_type},
        )
        found: dict[str, Any] = answer.json()
        return found

    told = await send(ROWS)
    assert [(row["row"], row["outcome"], row["code"]) for row in told["rows"]] == OUTCOMES
    assert (told["accepted"], told["already_known"], told["refused"]) == (4, 1, 4)
    again = await send(ROWS)
    assert (again["accepted"], again["already_known"], again["refused"]) == (0, 5, 4)
    lines = [json.dumps(each) for each in MARCH]
    told = await send("\n".join([*lines, "{", "", '["id"]']), "application/x-ndjson")
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == [
        (1, "accepted"),
        (2, "accepted"),
        (3, "accepted"),
        (4, "accepted"),
        (5, "refused"),
        (7, "refused"),
    ]


UNREADABLE = (
    b"",
    b"\xff\xfe\x00",
    b"id,org_number\n1,2\n",
    HEAD.encode(),
    HEAD.encode() + b";colour\n",
    HEAD.encode() + b'\n"unended',
)


async def test_a_file_that_cannot_be_read_is_refused_whole(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    for content in UNREADABLE:
        answer = await manager.post(
            "/ops/v1/readings/imports",
            params={"source": "file"},
            content=content,
            headers={"Content-Type": "text/csv"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "file_unreadable")


async def test_a_reading_that_comes_as_an_event_counts_as_any_other(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    def told(reading_id: str, **content: Any) -> MeasureReported:
        return MeasureReported.model_validate(
            {
                "reading_id": reading_id,
                "source": "monitoring",
                "org_number": PENSIONS,
                "service": PAYROLL,
                "period": "2025-03",
                **content,
            }
        )

    with pytest.raises(ValidationError, match="timezone"):
        told("nowhere", level="self-service", stops=[{"started_at": "2025-03-10T09:00:00"}])
    up = told("march", level="self-service", stops=[])
    await service.deliver(up)
    await service.deliver(up)
    await service.deliver(told("pay", level="correct-pay", good=1, total=1))
    with pytest.raises(NotYet):
        await service.deliver(told("none", level="self-service", stops=[], service="travel"))
    with pytest.raises(Problem, match="no level nowhere"):
        await service.deliver(told("none", level="nowhere", good=1, total=1))
    await service.advance(at(2025, 4, 1, 3))
    levels = (await only(manager, "/ops/v1/statements"))["levels"]
    assert {each["level"]: each["outcome_percent"] for each in levels}["self-service"] == "100"
    assert {each["level"]: each["measured"] for each in levels}["correct-pay"] == 1
