"""Will it breach: trained by a timer, in a process of its own, and shown to staff only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, insert, select, update

from services.chassis.ids import new_id
from services.chassis.testing import RunningService
from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.foresight import repository, training
from services.collab_model.foresight.repository import ModelStatus
from services.collab_model.foresight.training import EstimatorFailed, train_next
from services.collab_model.tables import (
    ForesightModelRow,
    MatterLogRow,
    MatterRow,
    SurvivalCurveRow,
)
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import ServiceHours
from tests.component.collab_model.conftest import MONDAY
from tests.component.collab_model.matters import UNKNOWN_ID, raise_one, refused
from tests.component.collab_model.signed import FORESTS, PAYROLL, PENSIONS, at

Client = httpx.AsyncClient
HOURS = ServiceTime.of(signed_rules(ServiceHours()))
TRAINED_AT = at(2025, 3, 2, 4)


async def live_through(service: RunningService, signed: AgreementSigned, count: int) -> None:
    """So many matters of the year before, with lives that no baseline can guess.

    Two in three are resolved within a quarter of the target, the others long after it.
    """
    random = Random(7)
    first = MONDAY - timedelta(days=300)
    rows: list[MatterRow] = []
    lines: list[dict[str, Any]] = []
    async with service.runtime.units.begin() as uow:
        for number in range(count):
            raised = first + number * timedelta(days=310) / count
            minutes = random.randrange(10, 240) if random.random() < 2 / 3 else 3000
            ended = HOURS.add_service_time(raised, timedelta(minutes=minutes))
            matter = MatterRow(
                id=new_id(),
                org_number=PENSIONS,
                agreement_id=signed.agreement_id,
                version=1,
                service=PAYROLL,
                kind="incident",
                priority="high",
                title="An old matter",
                description="It is over.",
                raised_at=raised,
                status="resolved",
                resolved_at=ended,
                ended_at=ended,
            )
            of_matter = {"matter_id": matter.id, "note": "", "withdrawn": False}
            rows.append(matter)
            lines += [
                of_matter
                | {"id": new_id(), "sequence": 1, "event": "raised", "party": "customer"}
                | {"at": raised, "recorded_at": raised}
                | {"service": PAYROLL, "version": 1, "priority": "high"},
                of_matter
                | {"id": new_id(), "sequence": 2, "event": "resolved", "party": "centre"}
                | {"at": ended, "recorded_at": ended}
                | {"service": None, "version": None, "priority": None},
            ]
        uow.session.add_all(rows)
        await uow.session.flush()
        await uow.session.execute(insert(MatterLogRow), lines)


async def outlook(client: Client, **query: str) -> dict[str, Any]:
    answer = await client.get("/ops/v1/foresight/clocks", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def models(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/ops/v1/foresight/models")).json()["items"]
    return found


async def curves(service: RunningService) -> list[Any]:
    async with service.runtime.units.begin(read_only=True) as uow:
        row = SurvivalCurveRow
        columns = (row.beneath, row.measure, row.service, row.priority, row.kind, row.steps)
        return [
            tuple(each) for each in await uow.session.execute(select(*columns).order_by(row.id))
        ]


async def test_where_history_is_too_short_nothing_is_said_and_the_reason_is(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    await live_through(service, signed, 3)
    matter = (await raise_one(pensions))["id"]
    body = await outlook(manager)
    assert {each["clock"] for each in body["items"]} == {"response-time", "resolution-time"}
    assert {(each["matter_id"], each["silent"]) for each in body["items"]} == {(matter, "no_model")}
    assert body["model"] is None
    await service.advance(TRAINED_AT)
    [card] = await models(manager)
    assert card["status"] == "history_too_short"
    assert "it has 3 of the 200 ended matters" in card["failure"]
    assert await train_next(service.runtime.units) is False


async def test_a_model_learns_on_schedule_shows_its_calibration_and_acts_on_nothing(
    service: RunningService,
    signed: AgreementSigned,
    pensions: Client,
    manager: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await live_through(service, signed, 260)
    await service.advance(TRAINED_AT)
    matter = (await raise_one(pensions))["id"]
    [card] = await models(manager)
    assert (card["status"], datetime.fromisoformat(card["known_at"])) == ("requested", TRAINED_AT)
    before = await service.published_types()
    monkeypatch.setattr(training, "_estimated", ESTIMATOR.estimated)
    assert await train_next(service.runtime.units) is True
    assert await train_next(service.runtime.units) is False

    [card] = await models(manager)
    assert (await manager.get(f"/ops/v1/foresight/models/{card['id']}")).json() == card
    assert card["status"] == "done"
    assert (card["matters"], card["clocks"], card["ended"]) == (261, 522, 520)
    tried, score = card["held_out"], card["calibration"]
    assert 0 < score["predictions"] <= tried["asked"]
    brier = Decimal(score["brier"])
    assert brier < Decimal(score["brier_by_remaining_time"])
    assert brier < Decimal(score["brier_by_base_rate"])
    assert score["better_than_remaining_time"] is True
    assert card["uncalibrated_because"] is None
    assert sum(each["predictions"] for each in score["bins"]) == score["predictions"]

    # A third of such matters last longer than their 960 minutes; once 240 are used, all do.
    await service.advance(at(2025, 3, 3, 8))
    [fresh] = [
        each for each in (await outlook(manager))["items"] if each["level"] != "response-time"
    ]
    assert abs(Decimal(fresh["probability"]) - Decimal("0.333")) < Decimal("0.07")
    assert fresh["similar"]["traits"] == ["service", "priority", "kind"]
    await service.advance(at(2025, 3, 3, 12, 30))
    shown = await outlook(manager, matter_id=matter, service=PAYROLL, org_number=PENSIONS)
    assert "never a reason to act alone" in shown["advice"]
    [aged] = shown["items"]
    assert (aged["clock"], aged["elapsed_minutes"], aged["left_minutes"]) == (
        "resolution-time",
        270,
        690,
    )
    assert Decimal(aged["probability"]) == 1
    told = set(await service.published_types()) - set(before)
    assert not [each for each in told if "foresight" in each]

    # It comes out the same however late it is done, whatever became known since.
    kept = (await curves(service), card)
    await manager.post(f"/ops/v1/matters/{matter}/events", json={"event": "resolved"})
    await forget(service)
    assert await train_next(service.runtime.units) is True
    assert (await curves(service), (await models(manager))[0]) == kept


async def test_what_was_learnt_is_silent_once_the_history_is_too_short(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    await raise_one(pensions)
    async with service.runtime.units.begin() as uow:
        done = asked_for(MONDAY)
        await repository.add_model(uow.session, done)
        await repository.finish(uow.session, done.id, ModelStatus.DONE, card={})
    assert (await outlook(manager))["model"] == done.id
    [card] = await models(manager)
    assert "held-out clocks" in card["uncalibrated_because"]
    # What is asked for finds nothing that has ended, as when all of it has grown too old.
    async with service.runtime.units.begin() as uow:
        await repository.add_model(uow.session, asked_for(MONDAY + timedelta(days=28)))
    assert await train_next(service.runtime.units) is True
    newest = (await models(manager))[-1]
    assert (newest["status"], newest["calibration"]) == ("history_too_short", None)
    assert (await outlook(manager))["model"] is None


async def test_a_training_that_fails_is_tried_again_and_in_the_end_says_so(
    service: RunningService,
    signed: AgreementSigned,
    manager: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def out_of_order(*_: object) -> Any:
        raise EstimatorFailed("out of order")

    monkeypatch.setattr(training, "_train", out_of_order)
    async with service.runtime.units.begin() as uow:
        await repository.add_model(uow.session, asked_for(MONDAY))
    for _ in range(3):
        assert await train_next(service.runtime.units) is True
    assert await train_next(service.runtime.units) is False
    [failed] = await models(manager)
    assert (failed["status"], failed["failure"]) == (
        "failed",
        "The training failed 3 times: out of order.",
    )


def asked_for(known_at: datetime) -> ForesightModelRow:
    return ForesightModelRow(
        id=new_id(),
        known_at=known_at,
        status="requested",
        attempts=0,
        claimed_until=None,
        card=None,
        failure="",
    )


class Remembered:
    """The estimator's process, once for all: the same lives give the same curves.

    Each database brings the same lives, and a training that is done again does too.
    """

    def __init__(self, estimated: Callable[[Any], Awaitable[Any]]) -> None:
        self._estimated = estimated
        self._asked: Any = None
        self._answer: Any = None

    async def estimated(self, samples: Any) -> Any:
        if self._asked is None:
            self._asked, self._answer = samples, await self._estimated(samples)
        assert samples == self._asked
        return self._answer


ESTIMATOR = Remembered(training._estimated)


async def forget(service: RunningService) -> None:
    """Let the training be done again."""
    async with service.runtime.units.begin() as uow:
        await uow.session.execute(delete(SurvivalCurveRow))
        again = {"status": "requested", "card": None, "attempts": 0}
        await uow.session.execute(update(ForesightModelRow).values(**again))


async def test_probabilities_are_for_staff(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    await raise_one(pensions)
    for path in ("clocks", "models"):
        assert (await pensions.get(f"/v1/foresight/{path}")).status_code == 404
        refused(await pensions.get(f"/ops/v1/foresight/{path}"), 403, "forbidden")
    refused(await manager.get(f"/ops/v1/foresight/models/{UNKNOWN_ID}"), 404, "not_found")
    assert (await outlook(manager, org_number=FORESTS))["items"] == []
    await raise_one(pensions)
    page = await outlook(manager, limit="1")
    assert len({each["matter_id"] for each in page["items"]}) == 1
    rest = await outlook(manager, after=page["next"])
    assert rest["next"] is None
