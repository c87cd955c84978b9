"""What if: months of real matters replayed under a proposal, through both doors."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.chassis.testing import RunningService
from services.collab_model.foresight import what_if
from services.collab_model.foresight.data import rules
from services.contracts.collab_model import LevelBreached
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.calendars import AROUND_THE_CLOCK, register, version
from tests.component.collab_model.matters import enter, raise_one, refused
from tests.component.collab_model.signed import (
    FORESTS,
    PAYROLL,
    RESOLUTION,
    RESPONSE,
    agreement,
    at,
)

Client = httpx.AsyncClient


async def ask(client: Client, proposal: dict[str, Any], door: str = "/v1", **more: Any) -> Any:
    body = {"first": "2025-02", "last": "2025-02", "proposal": proposal, **more}
    return await client.post(f"{door}/foresight/what-if", json=body)


async def answered(client: Client, proposal: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await ask(client, proposal, **more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def targets(level: str = RESPONSE.key, high: int = 30, **more: Any) -> dict[str, Any]:
    return {
        "levels": [{"service": PAYROLL, "level": level, "target_minutes": {"high": high}, **more}]
    }


async def two_matters(service: RunningService, pensions: Client, manager: Client) -> list[str]:
    """One is answered after 45 minutes of 120, the other breaches; both are resolved."""
    ids = [(await raise_one(pensions, title=title))["id"] for title in ("Quick", "Slow")]
    await service.advance(at(2025, 2, 3, 9, 45))
    assert (await enter(manager, ids[0], "responded")).status_code == 201
    await service.advance(at(2025, 2, 3, 15))
    for each in ids:
        assert (await enter(manager, each, "resolved")).status_code == 201
    return ids


async def test_what_if_shows_breaches_attainment_and_credits_beside_todays(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    quick, slow = await two_matters(service, pensions, manager)
    await service.advance(at(2025, 3, 2))
    before = await service.published_types()

    body = await answered(pensions, targets(required_share_percent="50"))
    assert (body["matters"], body["differing"]) == (2, 1)
    [month] = body["months"]
    levels = {each["level"]: each for each in month["levels"]}
    response = levels[RESPONSE.key]
    assert response["today"] == {
        "total": 2,
        "good": 1,
        "breaches": 1,
        "outcome_percent": "50",
        "required_share_percent": "90",
        "met": False,
    }
    assert (response["proposed"]["breaches"], response["proposed"]["outcome_percent"]) == (2, "0")
    assert response["proposed"]["required_share_percent"] == "50"
    untouched = levels[RESOLUTION.key]
    assert untouched["today"] == untouched["proposed"]
    assert (month["credit_today"]["percent"], month["credit_proposed"]["percent"]) == ("5", "10")
    steps = [(each["ground"], each["count"]) for each in month["credit_proposed"]["steps"]]
    assert steps == [("breaches", 2)]
    [total] = [each for each in body["levels"] if each["level"] == RESPONSE.key]
    assert {name: total[name] for name in response} == response

    [differs] = body["differences"]
    assert (differs["matter_id"], differs["title"], differs["clock"]) == (
        quick,
        "Quick",
        RESPONSE.key,
    )
    assert (differs["today"]["state"], differs["proposed"]["state"]) == ("met", "breached")
    assert (differs["today"]["target_minutes"], differs["proposed"]["target_minutes"]) == (120, 30)
    assert slow != quick

    # What is said of today is what the month's closing says, and asking changed nothing.
    [closed] = (await pensions.get("/v1/periods")).json()["items"]
    told = {each["level"]: each["outcome_percent"] for each in closed["results"]}
    assert {key: levels[key]["today"]["outcome_percent"] for key in levels}.items() <= told.items()
    assert await service.published_types() == before
    assert len(await service.published(LevelBreached)) == 1


async def test_what_if_under_other_hours_and_other_conditions(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    """Over night nothing runs by office hours; round the clock it does."""
    matter = (await raise_one(pensions, priority="critical"))["id"]
    await service.advance(at(2025, 2, 3, 9, 10))
    await enter(manager, matter, "responded")
    await service.advance(at(2025, 2, 3, 10))
    await enter(manager, matter, "waiting_for_customer")
    await service.advance(at(2025, 2, 4, 12))
    await enter(manager, matter, "resumed")
    await enter(manager, matter, "resolved")
    around = version(weekly=AROUND_THE_CLOCK)

    # The pause holds the clock back however long the hours are.
    assert (await answered(pensions, {"hours": {"draft": around}}))["differing"] == 0
    runs_on = {
        "resolution": {"starts_on": [{"event": "raised"}], "stops_on": [{"event": "resolved"}]}
    }
    by_office_hours = await answered(pensions, {"conditions": runs_on})
    [differs] = by_office_hours["differences"]
    assert differs["proposed"]["elapsed_minutes"] == 450 + 240
    both = await answered(pensions, {"conditions": runs_on, "hours": {"draft": around}})
    [differs] = both["differences"]
    assert differs["proposed"]["elapsed_minutes"] == 27 * 60
    # Staff may take a calendar that is registered, and hours as they are signed.
    await register(manager, "round-the-clock", weekly=AROUND_THE_CLOCK)
    taken = await answered(
        manager,
        {"conditions": runs_on, "hours": {"calendar": "round-the-clock"}},
        door="/ops/v1",
        service=PAYROLL,
    )
    assert taken["differences"] == both["differences"]
    signed_so = {"opens": "09:00", "closes": "10:00", "half_day_closes": "10:00"}
    short = await answered(pensions, {"conditions": runs_on, "hours": signed_so})
    assert short["differing"] == 0


async def test_an_agency_asks_about_its_own_agreement_only(
    service: RunningService, signed: AgreementSigned, pensions: Client, forests: Client
) -> None:
    await service.deliver(agreement(FORESTS))
    refused(await ask(forests, targets(), agreement_id=signed.agreement_id), 404, "not_found")
    own = await answered(pensions, targets(), agreement_id=signed.agreement_id)
    assert [month["period"] for month in own["months"]] == ["2025-02"]
    assert (await answered(forests, targets()))["months"] == []


async def test_questions_that_cannot_be_answered_are_refused(
    service: RunningService,
    signed: AgreementSigned,
    pensions: Client,
    manager: Client,
    finance: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused(await ask(pensions, {}), 422, "nothing_proposed")
    untouched = {"levels": [{"service": PAYROLL, "level": RESPONSE.key}]}
    refused(await ask(pensions, untouched), 422, "nothing_proposed")
    for months in (
        {"first": "2025-03", "last": "2025-02"},
        {"first": "2025-03", "last": "2025-03"},
        {"first": "2020-01", "last": "2025-02"},
    ):
        refused(await ask(pensions, targets(), **months), 422, "stretch_unusable")
    refused(await ask(pensions, targets("no-such")), 422, "level_unknown")
    refused(await ask(pensions, targets("correct-pay")), 422, "level_not_timed")
    twice = {"levels": [*targets()["levels"], *targets()["levels"]]}
    refused(await ask(pensions, twice), 422, "level_named_twice")
    nothing = {"levels": [{**targets()["levels"][0], "target_minutes": {}}]}
    refused(await ask(pensions, nothing), 422, "level_without_target")
    refused(await ask(pensions, {"hours": {"calendar": "none"}}), 422, "calendar_unknown")
    late = version(holds_from="2025-02-10")
    await register(manager, "late", **{k: v for k, v in late.items() if k == "holds_from"})
    unheard = await ask(manager, {"hours": {"calendar": "late"}}, door="/ops/v1")
    refused(unheard, 409, "calendar_not_in_force")
    credit = {"percent_per_breach": "2", "monthly_cap_percent": "10", "exclusions": ["gremlins"]}
    refused(await ask(pensions, {"credit_terms": credit}), 422, "cause_unknown")
    shut = {"opens": "16:00", "closes": "08:00", "half_day_closes": "12:00"}
    refused(await ask(pensions, {"hours": shut}), 422, "own_hours_unusable")
    nowhere = {**shut, "zone": "Europe"}
    refused(await ask(pensions, {"hours": nowhere}), 422, "zone_unknown")
    endless: dict[str, Any] = {"response": {"starts_on": [], "stops_on": []}}
    refused(await ask(pensions, {"conditions": endless}), 422, "conditions_contradict")
    refused(await ask(finance, targets(), door="/ops/v1"), 403, "forbidden")

    for _ in range(2):
        await raise_one(pensions)
    few = rules().model_copy(
        update={"what_if": rules().what_if.model_copy(update={"most_matters": 1})}
    )
    monkeypatch.setattr(what_if, "rules", lambda: few)
    refused(await ask(pensions, targets()), 422, "too_many_matters")


async def test_a_matter_reopened_later_counts_in_each_month_as_its_closing_did(
    service: RunningService, signed: AgreementSigned, pensions: Client, manager: Client
) -> None:
    matter = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 3, 12))
    await enter(manager, matter, "resolved")
    await service.advance(at(2025, 3, 3, 9))
    await enter(manager, matter, "reopened")
    await service.advance(at(2025, 4, 2))
    body = await answered(pensions, targets(RESOLUTION.key, 150), last="2025-03")
    shown = {
        month["period"]: [
            (level["today"]["good"], level["today"]["total"], level["proposed"]["breaches"])
            for level in month["levels"]
            if level["level"] == RESOLUTION.key
        ]
        for month in body["months"]
    }
    assert shown == {"2025-02": [(1, 1, 1)], "2025-03": [(0, 1, 0)]}
    closed = {
        (period["period"], level["level"]): level["outcome_percent"]
        for period in (await pensions.get("/v1/periods")).json()["items"]
        for level in period["results"]
    }
    assert closed["2025-02", RESOLUTION.key] == "100"
    assert closed["2025-03", RESOLUTION.key] == "0"
    # At the end both sides have breached, so nobody's outcome differs.
    assert body["differing"] == 0
