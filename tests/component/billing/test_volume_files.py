"""Files of volumes, corrections, what is set aside, and closed months, on both databases."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.requests import ClientDisconnect

from services.billing.tables import StagedVolumeRow, VolumeFilePieceRow
from services.billing.volumes import files
from services.billing.volumes.pieces import Pieces
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    NOBODY,
    PENSIONS,
    agreement_signed,
    other_customer,
    service_went_live,
)

HEAD = "id,org_number,service,unit,period,quantity"
FILES = "/ops/v1/volumes/files"


@pytest.fixture
async def live(billing: RunningService, monkeypatch: pytest.MonkeyPatch) -> RunningService:
    """Billing with payroll live since February 2025, in March; pieces of files are small."""
    monkeypatch.setattr(files, "Pieces", lambda: Pieces(size=400))
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 10, tzinfo=UTC))
    return billing


def line(number: int, quantity: object = 1, **changes: str) -> str:
    row = volume_row(f"f{number:03d}", "2025-02", quantity) | changes
    return ",".join(str(row[name]) for name in HEAD.split(","))


def csv_of(*lines: str, head: str = HEAD) -> bytes:
    return "".join(f"{each}\n" for each in (head, *lines)).encode()


async def send(
    service: RunningService,
    content: bytes | AsyncIterator[bytes],
    media_type: str = "text/csv",
    key: str | None = None,
    **query: str,
) -> httpx.Response:
    headers = {"Content-Type": media_type} | ({"Idempotency-Key": key} if key else {})
    async with service.client(Role.FINANCE) as client:
        params = {"source": "payroll-system", **query}
        return await client.post(FILES, params=params, content=content, headers=headers)


async def staged(service: RunningService) -> tuple[int, int]:
    """How many rows and pieces are kept of files that are not through."""
    async with service.runtime.database.transaction(write=False) as session:
        rows = await session.scalar(select(func.count()).select_from(StagedVolumeRow))
        pieces = await session.scalar(select(func.count()).select_from(VolumeFilePieceRow))
        return rows or 0, pieces or 0


async def test_a_file_that_breaks_off_leaves_nothing_in_and_goes_on_where_it_stopped(
    live: RunningService, reader: Reader
) -> None:
    whole = csv_of(*(line(number) for number in range(30)))

    async def breaks_off() -> AsyncIterator[bytes]:
        yield whole[:700]
        yield whole[700:1000]
        raise ClientDisconnect

    assert (await send(live, breaks_off())).status_code == 499
    assert await reader.items("/volumes") == []
    kept, pieces = await staged(live)
    assert (kept, pieces) == (17, 2)
    [receiving] = await reader.items("/volumes/files")
    assert (receiving["status"], receiving["rows"], receiving["taken"]) == ("receiving", 17, 0)

    # What stops within a line, or before the rows that were announced, is not taken in either.
    cut = await send(live, whole[:-4])
    assert (cut.status_code, cut.json()["code"]) == (422, "file_cut_short")
    assert (cut.json()["row"], cut.json()["column"]) == (31, "period")
    small = await send(live, csv_of(line(1))[:-4])
    assert (small.json()["row"], small.json()["column"]) == (2, "period")
    short = await send(live, whole[: whole.rindex(b"f029")], rows="30")
    assert (short.json()["code"], short.json()["rows"]) == ("file_cut_short", 29)
    assert await reader.items("/volumes") == []

    answer = (await send(live, whole, key="once", rows="30")).json()
    assert (answer["taken"], answer["known"], answer["refused"]) == (30, 0, 0)
    assert answer["resumed_rows"] >= 17
    assert [row["id"] for row in await reader.items("/volumes")] == [
        f"f{number:03d}" for number in range(30)
    ]
    replayed = await send(live, whole, key="once", rows="30")
    assert replayed.json() == answer
    reused = await send(live, whole[:-50], key="once", rows="30")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")

    again = (await send(live, whole)).json()
    assert (again["taken"], again["known"], again["resumed_rows"]) == (0, 30, 0)
    await live.advance(datetime(2025, 3, 11, tzinfo=UTC))
    assert await staged(live) == (0, 0)


async def test_a_file_says_of_each_row_what_became_of_it(
    live: RunningService, reader: Reader
) -> None:
    await report(live, volume_row("f000", "2025-02", 7), volume_row("f001", "2025-02", 1))
    content = csv_of(
        line(0, 8),
        line(1),
        line(2, -1),
        line(3, unit="furlong"),
        line(4, org_number=NOBODY),
        line(5, period="2025-01"),
        line(6, 5),
        line(6, 5),
        line(7) + ",surplus",
    )
    answer = (await send(live, content)).json()
    assert (answer["rows"], answer["taken"], answer["known"]) == (9, 1, 2)
    assert answer["set_aside"] == {"unknown_customer": 1, "not_live_in_period": 1}
    assert answer["refused"] == 4
    assert [(each["row"], each["column"], each["code"]) for each in answer["refusals"]] == [
        (4, "quantity", "volume_negative"),
        (5, "unit", "unit_unknown"),
        (10, None, "row_invalid"),
        (2, "id", "volume_conflict"),
    ]
    aside = await reader.items("/volumes", status="set_aside", reason="unknown_customer")
    assert [row["id"] for row in aside] == ["f004"]

    for media_type, broken in (
        ("text/csv", b"id,quantity\na,1\n"),
        ("text/csv", b""),
        ("text/csv", csv_of()),
        ("text/csv", csv_of(line(1)) + b"\xff\n"),
        ("text/csv", b"x" * 500),
        ("application/x-ndjson", b"\n\n"),
    ):
        refused = await send(live, broken, media_type)
        assert (refused.status_code, refused.json()["code"]) == (422, "file_unreadable")
    assert (await send(live, b"x", "text/plain")).json()["code"] == "media_type_not_accepted"
    async with live.client(Role.AGENCY, org_number=PENSIONS) as client:
        forbidden = await client.post(FILES, content=content, headers={"Content-Type": "text/csv"})
        assert forbidden.status_code == 403


async def test_nobody_goes_on_with_a_file_and_it_is_forgotten(
    live: RunningService, reader: Reader
) -> None:
    await send(live, csv_of(*(line(number) for number in range(30)))[:-4])
    assert (await staged(live))[0] > 0
    await live.advance(datetime(2025, 3, 10, tzinfo=UTC) + timedelta(days=8))
    assert await staged(live) == (0, 0)
    [forgotten] = await reader.items("/volumes/files")
    assert forgotten["status"] == "forgotten"


async def counted(reader: Reader) -> dict[str, int]:
    """What counts, by identity."""
    return {
        row["id"]: row["quantity"]
        for row in await reader.items("/volumes", status="accepted")
        if row["superseded_by"] is None
    }


async def test_the_newest_fact_counts_in_whatever_order_facts_come(
    live: RunningService, reader: Reader
) -> None:
    facts: list[dict[str, object]] = [
        volume_row("a", "2025-02", 100),
        volume_row("a", "2025-02", 90, revision=2),
        volume_row("a", "2025-02", 95, revision=3),
        volume_row("b", "2025-02", 10),
        volume_row("c", "2025-02", 11, corrects="b"),
        volume_row("c", "2025-02", 12, revision=2),
        volume_row("d", "2025-02", 13, corrects="c"),
    ]
    for source, order in (("forwards", facts), ("backwards", facts[::-1])):
        for fact in order:
            await report(live, fact, source=source)
    in_batch = await report(live, *facts, source="batch")
    assert in_batch["accepted"] == 7
    assert [row["superseded"] for row in in_batch["rows"]] == [
        *(True, True, False),
        *(True, True, True, False),
    ]
    content = "".join(f"{json.dumps(fact)}\n" for fact in facts[3:] + facts[:3])
    answer = await send(live, content.encode(), "application/x-ndjson", source="file")
    assert answer.json()["taken"] == 7, answer.text
    rows = await reader.items("/volumes")
    for source in ("forwards", "backwards", "batch", "file"):
        theirs = [row for row in rows if row["source"] == source]
        assert len(theirs) == 7
        assert {
            row["id"]: row["quantity"]
            for row in theirs
            if row["status"] == "accepted" and row["superseded_by"] is None
        } == {"a": 95, "d": 13}, source


async def test_corrections_that_cannot_be_applied_wait(
    live: RunningService, reader: Reader
) -> None:
    answer = await report(live, volume_row("b", "2025-02", 5, corrects="a"))
    assert [row["reason"] for row in answer["rows"]] == ["corrected_unknown"]
    await report(live, volume_row("a", "2025-02", 4))
    assert await counted(reader) == {"b": 5}
    another = await report(live, volume_row("c", "2025-02", 6, corrects="a"))
    assert [row["reason"] for row in another["rows"]] == ["corrected_by_another"]
    # A correction that counts for nothing leaves what it corrects in force.
    await report(live, volume_row("d", "2025-02", 7))
    await report(live, volume_row("d", "2025-02", 8, revision=2, org_number=NOBODY))
    assert await counted(reader) == {"b": 5, "d": 7}
    async with live.client(Role.FINANCE) as client:

        async def refused(*rows: dict[str, object]) -> dict[str, Any]:
            body = {"source": "payroll-system", "rows": rows}
            found: dict[str, Any] = (await client.post("/ops/v1/volumes", json=body)).json()
            return found

        good = volume_row("e", "2025-02", 1)
        for row, code, column in (
            (volume_row("f", "2025-02", -1), "volume_negative", "quantity"),
            (volume_row("f", "2025-02", 1, unit="furlong"), "unit_unknown", "unit"),
            (volume_row("f", "2025-02", 1, corrects="f"), "correction_ambiguous", "corrects"),
        ):
            problem = await refused(good, row)
            assert (problem["code"], problem["rows"]) == (
                code,
                [{"row": 2, "id": "f", "column": column}],
            )
    assert await counted(reader) == {"b": 5, "d": 7}


async def test_what_comes_after_the_closing_waits_for_finance_and_is_late(
    live: RunningService, reader: Reader
) -> None:
    await report(live, volume_row("before", "2025-02", 900))
    async with live.client(Role.FINANCE) as client:

        async def close(period: str) -> httpx.Response:
            return await client.post(f"/ops/v1/billing-periods/{period}/closing")

        assert (await close("2025-03")).json()["code"] == "period_not_ended"
        closed = await close("2025-01")
        assert (closed.status_code, closed.json()["accepted"]) == (201, 0)
        assert (await close("2025-02")).json()["accepted"] == 1
        assert (await close("2025-02")).json()["code"] == "period_closed_before"
        await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
        ahead = await close("2025-04")
        assert (ahead.status_code, ahead.json()["code"]) == (409, "period_out_of_order")
        assert ahead.json()["next"] == "2025-03"
        listed = await reader.items("/billing-periods")
        assert [row["period"] for row in listed] == ["2025-01", "2025-02"]

        rows = [volume_row("late", "2025-02", 50), volume_row("before", "2025-02", 901, revision=2)]
        answer = await report(live, *rows)
        assert [row["reason"] for row in answer["rows"]] == ["period_closed"] * 2
        sent = await send(live, csv_of(line(1)))
        assert sent.json()["set_aside"] == {"period_closed": 1}
        await report(live, volume_row("theirs", "2025-02", 3, org_number=FORESTRY))

        # Neither a true-up nor a new agreement takes up by itself what came after the closing.
        await live.deliver(agreement_signed(**other_customer()))
        await live.deliver(service_went_live(**other_customer()))
        assert await counted(reader) == {"before": 900}
        [theirs] = await reader.items("/volumes", org_number=FORESTRY)
        assert theirs["reason"] == "period_closed"

        # Nor does a correction move anything out of a closed month by itself.
        moved = volume_row("before", "2025-03", 900, revision=3)
        [row] = (await report(live, moved))["rows"]
        assert (row["status"], row["reason"]) == ("set_aside", "period_closed")
        assert await counted(reader) == {"before": 900}
        back = volume_row("before", "2025-02", 901, revision=4)
        assert (await report(live, back))["rows"][0]["reason"] == "period_closed"

        chosen = {"reason": "period_closed", "org_number": PENSIONS}
        done = (await client.post("/ops/v1/volumes/taking-up", json=chosen)).json()
        assert (done["taken_up"], done["left"]) == (3, {})
        [taken] = done["taken"]
        assert (taken["period"], taken["quantity"], taken["late"]) == ("2025-02", 952, True)
        assert await counted(reader) == {"before": 901, "late": 50, "f001": 1}
        agency = await client.post("/ops/v1/volumes/taking-up", json={"reason": "unheard-of"})
        assert agency.json()["code"] == "validation_failed"
    async with live.client(Role.SERVICE_MANAGER) as manager:
        for path in ("/ops/v1/volumes/taking-up", "/ops/v1/billing-periods/2025-03/closing"):
            assert (await manager.post(path, json={})).status_code == 403
