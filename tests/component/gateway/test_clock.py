"""Moving simulated time forward in every service."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.chassis.identity import Role
from tests.component.gateway.centre import START, Centre, FakeTimer, standing


def day(number: int) -> datetime:
    return START + timedelta(days=number)


async def move(centre: Centre, to: datetime) -> httpx.Response:
    return await centre.http.post(
        "/ops/v1/clock", json={"to": to.isoformat()}, headers=centre.administrator
    )


def fired(centre: Centre) -> list[tuple[str, str]]:
    return [(service, what) for service, what, _ in centre.log if what not in {"set", "fires"}]


async def test_staff_may_read_the_clock(centre: Centre) -> None:
    centre.billing.now = day(1)
    answer = await centre.http.get("/ops/v1/clock", headers=centre.finance)
    assert answer.status_code == 200
    assert answer.json() == {"mode": "simulated", "now": "2025-01-01T00:00:00Z"}


async def test_every_clock_arrives(centre: Centre) -> None:
    answer = await move(centre, day(3))
    assert (answer.status_code, answer.json()["now"]) == (200, "2025-01-04T00:00:00Z")
    assert {service.now for service in centre.services.values()} == {day(3)}


async def test_nothing_fires_where_nothing_is_due(centre: Centre) -> None:
    centre.billing.timers = [FakeTimer(day(2), "b2")]
    await move(centre, day(3))
    assert {service for service, what, _ in centre.log if what == "fires"} == {"billing"}


async def test_timers_fire_in_order_over_all_services(centre: Centre) -> None:
    centre.billing.timers = [FakeTimer(day(1), "b1"), FakeTimer(day(4), "b4")]
    centre.onboarding.timers = [FakeTimer(day(2), "o2"), FakeTimer(day(3), "o3")]
    centre.collab_model.timers = [FakeTimer(day(2), "c2"), FakeTimer(day(9), "c9")]
    await move(centre, day(5))
    assert fired(centre) == [
        ("billing", "b1"),
        ("onboarding", "o2"),
        ("collab_model", "c2"),
        ("onboarding", "o3"),
        ("billing", "b4"),
    ]
    assert [timer.name for timer in centre.collab_model.timers] == ["c9"]


async def test_all_clocks_are_set_before_any_timer_fires(centre: Centre) -> None:
    centre.onboarding.timers = [FakeTimer(day(2), "o2")]
    await move(centre, day(2))
    names = [service for service, what, at in centre.log if what == "set" and at == day(2)]
    first_fire = centre.log.index(("onboarding", "fires", day(2)))
    assert sorted(names) == sorted(centre.services)
    assert all(centre.log.index((name, "set", day(2))) < first_fire for name in centre.services)


async def test_what_a_timer_causes_settles_before_the_next_fires(centre: Centre) -> None:
    centre.onboarding.timers = [FakeTimer(day(1), "o1", sends="x.v1")]
    centre.billing.subscribes = ("x.v1",)
    centre.billing.timers = [FakeTimer(day(2), "b2")]
    await move(centre, day(3))
    assert fired(centre) == [
        ("onboarding", "o1"),
        ("billing", "handled x.v1"),
        ("billing", "b2"),
    ]
    handled_at = next(at for _, what, at in centre.log if what.startswith("handled"))
    assert handled_at == day(1)


async def test_a_long_step_is_refused_once_timers_are_set(centre: Centre) -> None:
    centre.billing.timers = [FakeTimer(day(2), "b2")]
    refused = await move(centre, day(401))
    assert (refused.status_code, refused.json()["code"]) == (422, "clock_step_too_long")
    assert {service.now for service in centre.services.values()} == {START}
    assert (await move(centre, day(400))).status_code == 200


async def test_a_centre_without_timers_may_leap(centre: Centre) -> None:
    assert (await move(centre, day(9000))).status_code == 200


async def test_a_timer_set_for_the_past_fires_at_once(centre: Centre) -> None:
    for service in centre.services.values():
        service.now = day(5)
    centre.billing.timers = [FakeTimer(day(2), "late")]
    await move(centre, day(5))
    assert fired(centre) == [("billing", "late")]
    assert centre.billing.now == day(5)


async def test_an_advance_that_broke_off_is_finished(centre: Centre) -> None:
    centre.onboarding.now = day(2)
    centre.billing.timers = [FakeTimer(day(1), "b1")]
    answer = await move(centre, day(3))
    assert answer.status_code == 200
    assert fired(centre) == [("billing", "b1")]
    assert {service.now for service in centre.services.values()} == {day(3)}


async def test_time_does_not_go_back(centre: Centre) -> None:
    centre.billing.now = day(2)
    answer = await move(centre, day(1))
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_cannot_go_back")
    assert centre.log == []


async def test_real_time_is_not_moved(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, clock="system") as centre:
        answer = await move(centre, day(1))
        assert (answer.status_code, answer.json()["code"]) == (409, "clock_not_simulated")
        read = await centre.http.get("/ops/v1/clock", headers=centre.finance)
        assert read.json()["mode"] == "system"
        shown = datetime.fromisoformat(read.json()["now"])
        assert abs(shown - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "body",
    [{}, {"to": "soon"}, {"to": "2025-01-02T00:00:00"}, {"to": "2025-01-02T00:00:00Z", "x": 1}],
    ids=str,
)
async def test_a_goal_that_is_no_instant_is_refused(centre: Centre, body: dict[str, str]) -> None:
    answer = await centre.http.post("/ops/v1/clock", json=body, headers=centre.administrator)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert centre.log == []


@pytest.mark.parametrize("path", ["/ops/v1/clock", "/ops/v1/clock/quiet"])
async def test_only_administrators_move_the_clock(centre: Centre, path: str) -> None:
    headers = centre.bearer(Role.FINANCE, Role.ACCOUNT_MANAGER)
    method = "GET" if path.endswith("quiet") else "POST"
    answer = await centre.http.request(
        method,
        path,
        json={"to": day(1).isoformat()} if method == "POST" else None,
        headers=headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert centre.log == []


async def test_quiet_comes_when_all_is_handled(centre: Centre) -> None:
    centre.onboarding.sent = {"x.v1": 3}
    centre.billing.subscribes = ("x.v1",)
    centre.collab_model.subscribes = ("x.v1",)
    answer = await centre.http.get("/ops/v1/clock/quiet", headers=centre.administrator)
    assert (answer.status_code, answer.json()) == (200, {"quiet": True})
    assert centre.billing.handled == centre.collab_model.handled == {"x.v1": 3}


async def test_parked_events_hold_nothing_up(centre: Centre) -> None:
    centre.onboarding.sent = {"x.v1": 2}
    centre.billing.subscribes = ("x.v1",)
    centre.billing.handled = {"x.v1": 1}
    centre.billing.parked = {"x.v1": 1}
    centre.billing.settles = False
    answer = await centre.http.get("/ops/v1/clock/quiet", headers=centre.administrator)
    assert answer.status_code == 200


async def test_unrest_beyond_the_deadline_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, quiet_seconds=0.1) as centre:
        centre.onboarding.sent = {"x.v1": 2}
        centre.onboarding.pending = 4
        centre.billing.subscribes = ("x.v1",)
        centre.billing.handled = {"x.v1": 1}
        centre.billing.settles = False
        for answer in (
            await centre.http.get("/ops/v1/clock/quiet", headers=centre.administrator),
            await move(centre, day(1)),
        ):
            assert (answer.status_code, answer.json()["code"]) == (504, "centre_not_quiet")
            assert answer.json()["moving"] == [
                {"service": "onboarding", "reason": "4 unpublished"},
                {"service": "billing", "reason": "x.v1: 1 of 2 settled"},
            ]
        assert centre.log == []


async def test_a_timer_that_failed_is_tried_again(centre: Centre) -> None:
    centre.billing.timers = [FakeTimer(day(1), "b1", failures=2)]
    answer = await move(centre, day(2))
    assert answer.status_code == 200
    assert fired(centre) == [("billing", "b1")]


async def test_a_timer_that_keeps_failing_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, quiet_seconds=0.2) as centre:
        centre.billing.timers = [FakeTimer(day(1), "b1", failures=10**6)]
        answer = await move(centre, day(2))
        assert (answer.status_code, answer.json()["code"]) == (504, "centre_not_quiet")
        assert answer.json()["moving"] == [
            {
                "service": "billing",
                "reason": "a timer due at 2025-01-02 00:00:00+00:00 does not fire",
            }
        ]
        assert {service.now for service in centre.services.values()} == {day(1)}


async def test_a_second_advance_waits_for_the_first(centre: Centre) -> None:
    centre.billing.timers = [FakeTimer(day(1), "b1", sends="x.v1")]
    centre.onboarding.subscribes = ("x.v1",)
    first, second = await asyncio.gather(move(centre, day(2)), move(centre, day(4)))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["now"] == "2025-01-03T00:00:00Z"
    assert second.json()["now"] == "2025-01-05T00:00:00Z"
    instants = [at for _, what, at in centre.log if what == "set"]
    assert instants == sorted(instants)


async def test_a_service_that_is_down_stops_the_clock(centre: Centre) -> None:
    centre.billing.reachable = False
    answer = await move(centre, day(1))
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.json()["service"] == "billing"
    assert centre.log == []
