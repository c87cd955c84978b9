"""What calendars refuse: each with its code, and nothing is changed by it."""

from __future__ import annotations

from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.calendars import (
    WEEKDAYS,
    WITH_LUNCH,
    calendar,
    read,
    register,
    version,
)
from tests.component.collab_model.matters import UNKNOWN_ID, refused


def weekly(*hours: tuple[str, str]) -> dict[str, Any]:
    """Mondays with these hours."""
    return {"weekly": {"monday": [{"opens": start, "closes": end} for start, end in hours]}}


def eve(**found_by: str) -> dict[str, Any]:
    """A rule for an eve of one's own."""
    rule = {"name": "The eve", "name_sv": "Aftonen", "kind": "closed", **found_by}
    return {"eves": [rule]}


CLOSED = {"day": "2025-06-05", "hours": [], "reason": "Closed"}

REFUSED = {
    "an unknown zone": (422, "zone_unknown", {"zone": "Europe/Atlantis"}),
    "a zone in small letters": (422, "zone_unknown", {"zone": "europe/stockholm"}),
    "inverted hours": (422, "hours_inverted", weekly(("16:00", "08:00"))),
    "hours without length": (422, "hours_inverted", weekly(("08:00", "08:00"))),
    "overlapping hours": (422, "hours_overlap", weekly(("11:00", "13:00"), ("08:00", "11:00:01"))),
    "the same hours twice": (422, "hours_overlap", weekly(("08:00", "12:00"), ("08:00", "12:00"))),
    "no hours": (422, "calendar_never_open", weekly()),
    "hours on overridden days only": (
        422,
        "calendar_never_open",
        {**weekly(), "overrides": [{**CLOSED, "day": "2030-01-07", "hours": WITH_LUNCH}]},
    ),
    "hours on an overridden day near by only": (
        422,
        "calendar_never_open",
        {**weekly(), "overrides": [{**CLOSED, "day": "2025-02-10", "hours": WITH_LUNCH}]},
    ),
    "days that are all holidays": (
        422,
        "calendar_never_open",
        {"holds_from": "2025-12-24", "holds_until": "2025-12-26"},
    ),
    "half days that end before they begin": (
        422,
        "calendar_never_open",
        {"holds_from": "2025-04-17", "holds_until": "2025-04-17", "half_day_closes": "08:00"},
    ),
    "days that end before they begin": (422, "days_inverted", {"holds_until": "2024-12-31"}),
    "an unknown country": (422, "holiday_country_unknown", {"holidays": {"country": "XX"}}),
    "an unknown part of a country": (
        422,
        "holiday_country_unknown",
        {"holidays": {"country": "SE", "subdivision": "Skåne"}},
    ),
    "unknown customary eves": (422, "customary_eves_unknown", {"customary_eves": "martian"}),
    "an eve of an unknown holiday": (
        422,
        "eve_holiday_unknown",
        eve(day_before="Thanksgiving"),
    ),
    "an eve of a holiday without holidays": (422, "eve_holiday_unknown", {"holidays": None}),
    "a day overridden twice": (422, "day_overridden_twice", {"overrides": [CLOSED, CLOSED]}),
    "an override with inverted hours": (
        422,
        "hours_inverted",
        {"overrides": [{**CLOSED, "hours": [{"opens": "12:00", "closes": "11:59:59"}]}]},
    ),
    "a day that no year has": (422, "validation_failed", eve(month_day="02-30")),
    "an eve found in two ways": (
        422,
        "validation_failed",
        eve(month_day="12-24", day_before="Christmas Day"),
    ),
    "an hour that no clock shows": (422, "validation_failed", weekly(("08:00", "24:30"))),
}


async def test_versions_that_cannot_be_are_refused(manager: httpx.AsyncClient) -> None:
    await register(manager, "known")
    before = await read(manager, "/ops/v1/calendars/known")
    wrong = {}
    for what, (status, code, changes) in REFUSED.items():
        new = await manager.post("/ops/v1/calendars", json=calendar("new", **changes))
        added = await manager.post(
            "/ops/v1/calendars/known/versions", json={**version(), **changes}
        )
        for answer in (new, added):
            if (answer.status_code, answer.json()["code"]) != (status, code):
                wrong[what] = answer.text
    assert wrong == {}
    assert await read(manager, "/ops/v1/calendars/known") == before
    assert len((await read(manager, "/ops/v1/calendars"))["items"]) == 1


async def test_a_calendar_is_registered_once(manager: httpx.AsyncClient) -> None:
    await register(manager)
    again = await manager.post("/ops/v1/calendars", json=calendar(zone="UTC"))
    refused(again, 409, "calendar_exists")
    reserved = await manager.post("/ops/v1/calendars", json=calendar("signed"))
    refused(reserved, 409, "calendar_exists")
    unknown = await manager.post("/ops/v1/calendars/unknown/versions", json=version())
    refused(unknown, 404, "not_found")


async def test_bindings_and_overrides_that_cannot_be_are_refused(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await register(manager)
    path = f"/ops/v1/service-hours/{signed.agreement_id}"
    before = await read(manager, path)

    async def bind(path: str = path, **changes: Any) -> httpx.Response:
        body = {"calendar": "office", "holds_from": "2025-02-10", "reason": "Agreed", **changes}
        return await manager.post(f"{path}/bindings", json=body)

    refused(await bind(calendar="unknown"), 422, "calendar_unknown")
    refused(await bind(holds_from="2024-12-31"), 409, "calendar_not_in_force")
    refused(await bind(holds_until="2025-02-09"), 422, "days_inverted")
    refused(await bind(f"/ops/v1/service-hours/{UNKNOWN_ID}"), 404, "not_found")
    for hours, code in (
        ([("12:00", "08:00")], "hours_inverted"),
        ([("08:00", "12:00"), ("11:00", "13:00")], "hours_overlap"),
    ):
        body = {"day": "2025-02-10", "reason": "x", "hours": weekly(*hours)["weekly"]["monday"]}
        refused(await manager.post(f"{path}/overrides", json=body), 422, code)
    assert await read(manager, path) == before


async def test_stretches_that_cannot_be_shown_are_refused(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await register(manager)
    for path in ("calendars/office", f"service-hours/{signed.agreement_id}"):
        for query, code in (
            ({"first": "2025-02-02", "last": "2025-02-01"}, "days_inverted"),
            ({"first": "2025-01-01", "last": "2026-02-05"}, "days_too_many"),
            ({"first": "2025-02-01", "known_at": "2025-02-01"}, "validation_failed"),
        ):
            answer = await manager.get(f"/ops/v1/{path}/open-hours", params=query)
            refused(answer, 422, code)


async def test_days_that_a_calendar_says_nothing_of_are_not_shown(
    service: RunningService, manager: httpx.AsyncClient
) -> None:
    monday: dict[str, Any] = {
        "weekly": dict.fromkeys(WEEKDAYS, WITH_LUNCH),
        "holds_until": "2025-02-28",
    }
    await register(manager, holds_from="2025-02-03", **monday)
    for first in ("2025-02-02", "2025-02-10"):
        answer = await manager.get(
            "/ops/v1/calendars/office/open-hours", params={"first": first, "last": "2025-03-01"}
        )
        refused(answer, 409, "calendar_not_in_force")


async def test_instants_before_all_knowledge_and_after_it_have_an_answer(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await register(manager)
    path = f"/ops/v1/service-hours/{signed.agreement_id}"
    for known_at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        shown = await read(manager, path, known_at=known_at)
        assert [each["calendar"] for each in shown["in_force"]] == ["signed"]
        await read(manager, f"{path}/open-hours", known_at=known_at)
    early = {"known_at": "2025-01-01T00:00:00Z"}
    refused(await manager.get("/ops/v1/calendars/office", params=early), 404, "not_found")
