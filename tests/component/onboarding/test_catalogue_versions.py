"""The catalogue's versions over HTTP, and a case that moves to a newer one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.component.onboarding.walk import (
    OTHER_ORG,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

BEFORE = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
UNSEEN = "0" * 64


async def _preview(walk: Walk, to: str = "2026-2") -> dict[str, Any]:
    return done(await walk.customer("GET", f"/catalogue-version/preview?version={to}"))


async def _move(walk: Walk, seen: str, to: str = "2026-2") -> Any:
    return await walk.staff("POST", "/catalogue-version", {"version": to, "seen": seen})


async def test_versions_and_what_differs_between_them(database_url: str) -> None:
    async with walking(database_url, start=BEFORE) as walk:
        versions = done(await walk.agency.get("/v1/catalogue/versions"))["items"]
        assert [(v["version"], v["in_force"]) for v in versions] == [
            ("2026-1", True),
            ("2026-2", False),
            ("2027-1", False),
        ]
        assert done(await walk.agency.get("/v1/catalogue"))["version"] == "2026-1"
        newer = done(await walk.agency.get("/v1/catalogue?version=2026-2"))
        assert newer["valid_from"] == "2026-07-01"
        path = "/ops/v1/catalogue/versions/2026-1/changes/2026-2"
        changes = done(await walk.centre.get(path))["items"]
        assert {"kind": "removed", "key": "archive-receipts"}.items() <= changes[2].items()
        for unknown in ("?version=2020-1", "/versions/2026-1/changes/2031-9"):
            answer = await walk.agency.get(f"/v1/catalogue{unknown}")
            assert refused(answer, 404, "catalogue_version_unknown")["known"]
        walk.service.at(AFTER)
        assert done(await walk.agency.get("/v1/catalogue"))["version"] == "2026-2"


async def test_a_case_keeps_its_version_until_it_is_moved(database_url: str) -> None:
    services = ("travel-and-expenses", "decision-writing")
    async with walking(database_url, *services, start=BEFORE) as walk:
        await walk.open()
        async with nothing_changes(walk):
            refused(await _move(walk, UNSEEN), 409, "catalogue_version_not_in_force")
        walk.service.at(AFTER)
        moved = await _preview(walk)
        assert moved["catalogue_version"] == "2026-1"
        # Nothing is compared yet, so nothing falls away and nothing has to be looked at again.
        assert [moved[key] for key in ("to_compare", "falls_away", "to_review")] == [[], [], []]
        assert {change["service"] for change in moved["changes"]} == set(services)
        async with nothing_changes(walk):
            refused(await _move(walk, UNSEEN), 409, "catalogue_preview_outdated")
            refused(await _move(walk, UNSEEN, "2026-1"), 409, "catalogue_version_not_newer")
            refused(await _move(walk, UNSEEN, "2030-1"), 404, "catalogue_version_unknown")
            agency = await walk.agency.post(f"/v1/cases/{walk.case_id}/catalogue-version", json={})
            assert agency.status_code in {403, 404, 405}
        assert len(await walk.activities()) == 16 + 17
        done(await _move(walk, moved["fingerprint"]))
        assert done(await walk.staff("GET", "/catalogue-version/preview"))["changes"] == []
        assert len(await walk.activities()) == 15 + 17
        async with nothing_changes(walk):
            refused(await _move(walk, UNSEEN), 409, "catalogue_version_not_newer")


async def test_a_move_takes_comparisons_along(database_url: str) -> None:
    async with walking(database_url, "payroll", "travel-and-expenses", start=BEFORE) as walk:
        await walk.to_gap_analysis()
        await walk.compare_all()
        gap = {"customer_way": "Kvitton i pärm.", "gap": True, "kind": "process", "size": "small"}
        path = "/comparisons/travel-and-expenses/archive-receipts"
        done(await walk.customer("PUT", path, gap))
        decision = {
            "decision": "adopt_standard",
            "reason": "Pärmen behövs inte.",
            "decided_by": "Karin Berg",
            "mandate": "ekonomichef",
        }
        done(await walk.customer("PUT", f"{path}/decision", decision))
        walk.service.at(AFTER)
        seen = await _preview(walk)
        added = {"service": "payroll", "activity": "answer-pay-inquiries"}
        assert seen["to_compare"] == [added]
        assert [ref["activity"] for ref in seen["falls_away"]] == ["archive-receipts"]
        assert [ref["activity"] for ref in seen["to_review"]] == ["enter-claim"]
        moved = done(await _move(walk, seen["fingerprint"]))
        assert moved == {**seen, "catalogue_version": "2026-2"}
        analysis = done(await walk.customer("GET", "/comparisons"))
        (fallen,) = analysis["fallen_away"]
        assert (fallen["activity"], fallen["fell_away_with"]) == ("archive-receipts", "2026-2")
        assert fallen["customer_way"] == "Kvitton i pärm."
        changed = [item["activity"] for item in analysis["items"] if item["standard_changed"]]
        assert changed == ["enter-claim"]
        refused(await walk.customer("GET", path), 404, "activity_unknown")
        missing = refused(await walk.enter("agreement"), 409, "gate_not_open")["missing"]
        assert [lack["item"] for lack in missing] == ["activities-compared"]
        # Saying it again after the move confirms it; the new activity is compared.
        same = {"customer_way": "Som standard.", "gap": False}
        review = "/comparisons/travel-and-expenses/enter-claim"
        assert not done(await walk.customer("PUT", review, same))["standard_changed"]
        new = f"/comparisons/{added['service']}/{added['activity']}"
        done(await walk.customer("PUT", new, same))
        done(await walk.enter("agreement"))
        async with nothing_changes(walk):
            refused(await _move(walk, UNSEEN), 409, "wrong_phase")


async def test_a_bundle_is_not_taken_with_what_it_covers(database_url: str) -> None:
    async with walking(database_url, "e-commerce") as walk:
        await walk.open()
        taken = {"org_number": "202100-6255", "services": ["supplier-ledger"]}
        both = {"org_number": OTHER_ORG, "services": ["e-commerce", "e-ordering-support"]}
        agency = {"org_number": OTHER_ORG, "name": "Försäkringskassan", "headcount": 10}
        done(await walk.centre.post("/ops/v1/agencies", json=agency), 201)
        async with nothing_changes(walk):
            refused(await walk.centre.post("/ops/v1/cases", json=taken), 409, "case_already_open")
            answer = await walk.centre.post("/ops/v1/cases", json=both)
            problem = refused(answer, 422, "services_overlap")
        assert problem["overlapping"] == ["e-commerce", "e-ordering-support"]
