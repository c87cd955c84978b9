"""What the door answers when a service does not, and how it shows."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.component.gateway.centre import Centre, standing


async def test_a_service_that_is_down_is_named(centre: Centre) -> None:
    centre.billing.reachable = False
    answer = await centre.http.get("/v1/invoices", headers=centre.agency)
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.json()["service"] == "billing"
    assert int(answer.headers["retry-after"]) > 0
    other = await centre.http.get("/v1/cases", headers=centre.agency)
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("method", "key", "attempts"),
    [
        ("GET", None, 3),
        ("PUT", None, 3),
        ("POST", "key-1", 3),
        ("PATCH", "key-1", 3),
        ("POST", None, 1),
        ("PATCH", None, 1),
        ("DELETE", None, 1),
    ],
)
async def test_only_what_may_be_repeated_is_tried_again(
    centre: Centre, method: str, key: str | None, attempts: int
) -> None:
    centre.onboarding.reachable = False
    headers = {**centre.agency, **({"Idempotency-Key": key} if key else {})}
    answer = await centre.http.request(method, "/v1/cases/echo", headers=headers)
    assert answer.status_code == 503
    assert centre.onboarding.refusals == attempts


async def test_a_service_that_takes_too_long_times_out(sqlite_url: str, tmp_path: Path) -> None:
    async with standing(sqlite_url, tmp_path, answer_seconds=0.05) as centre:
        answer = await centre.http.get("/v1/cases/slow", headers=centre.agency)
        assert (answer.status_code, answer.json()["code"]) == (504, "service_timed_out")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (httpx.ReadTimeout("slow"), 504, "service_timed_out"),
        (httpx.WriteTimeout("slow"), 504, "service_timed_out"),
        (httpx.ReadError("broke"), 503, "service_unavailable"),
        (httpx.RemoteProtocolError("nonsense"), 503, "service_unavailable"),
        (httpx.PoolTimeout("full"), 503, "service_unavailable"),
        (httpx.ConnectTimeout("slow"), 503, "service_unavailable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_each_way_to_fail_has_its_answer(
    centre: Centre, failure: httpx.TransportError, status: int, code: str
) -> None:
    centre.onboarding.failure = failure
    answer = await centre.http.get("/v1/cases", headers=centre.agency)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_ready_when_everything_is(centre: Centre) -> None:
    answer = await centre.http.get("/readyz")
    assert (answer.status_code, answer.json()["not_ready"]) == (200, [])


async def test_not_ready_names_the_service_and_its_reason(centre: Centre) -> None:
    centre.onboarding.not_ready = ["broker: not connected"]
    centre.billing.reachable = False
    answer = await centre.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == [
        "onboarding: broker: not connected",
        "billing: service_unavailable",
    ]
    assert (await centre.http.get("/livez")).status_code == 200


async def test_metrics_tell_the_routes_apart(centre: Centre) -> None:
    await centre.http.get("/v1/cases", headers=centre.agency)
    await centre.http.get("/v1/cases/echo", headers=centre.agency)
    shown = (await centre.http.get("/metrics")).text
    assert 'route="/v1/cases"' in shown
    assert 'route="/v1/cases/{rest:path}"' in shown
    assert "/v1/cases/echo" not in shown
