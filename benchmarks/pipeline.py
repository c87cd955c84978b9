"""The pipeline: a plan of all agencies, and the board read through the gateway.

The agencies are the 260 of the product's own file; 108 of them are obliged by one date, as
ordinance 2015:665 obliged as many for payroll. The plan comes first, when none of them has
a case; then each gets one, and the gates' items are filled up to 10,000.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlalchemy import insert, select

from services.centre.data_folder import DataFolder
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.contracts.values import Phase
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import ROUTE, Case, ServiceInCase
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.data_files import DATA
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.parties import Owner
from services.onboarding.tables import (
    AgencyRow,
    ForecastRow,
    GateItemRow,
    ObligationRow,
    TimePlanRow,
)
from services.onboarding.time_plan.rules import plan_templates
from services.replay.runner import Credentials
from tests.support.processes import embedded_centre

AGENCIES = DATA / "agencies" / "state-agencies-2025.csv"
OBLIGED = 108
DEADLINE = date(2017, 1, 1)
CASES = 260
ITEMS = 10_000
READS = 200
TODAY = datetime(2016, 1, 4, 8, 0, tzinfo=UTC)
"""When the ordinance had come into force, with a year to go; all of the file still exist."""

SERVICE = "payroll"
PEOPLE = {
    "account-manager": 8,
    "service-specialist": 18,
    "system-specialist": 8,
    "migration-specialist": 4,
    "trainer": 2,
    "security-specialist": 2,
}
HOURS_A_WEEK = 30
"""What a person has for onboarding beside everything else."""


@dataclass(frozen=True)
class PipelineFigures:
    """How long the planner takes, and how fast the board is."""

    plan_seconds: float
    plan_late: int
    slowest_read_meanwhile_ms: float
    board_p50_ms: float
    board_p99_ms: float
    board_kib: float
    items: int


async def measure() -> PipelineFigures:
    """Plan all agencies, then read the board of as many cases."""
    with TemporaryDirectory() as folder:
        async with embedded_centre(Path(folder)) as centre:
            url = DataFolder(Path(folder) / "data").database_url("onboarding")
            database = Database(url, durable=False)
            async with httpx.AsyncClient(base_url=centre.url, timeout=120) as http:
                http.headers["Authorization"] = f"Bearer {await _token(http, centre.administrator)}"
                today = TODAY.date()
                await _set_clock(http)
                await _import_agencies(http)
                await _oblige(database, DEADLINE)
                plan, seconds, slowest = await _plan(http, today)
                items = await _open_cases(database, today)
                took, size = await _read_board(http)
            await database.close()
    cuts = statistics.quantiles(took, n=100)
    return PipelineFigures(
        plan_seconds=seconds,
        plan_late=plan["outcome"]["late"],
        slowest_read_meanwhile_ms=slowest * 1000,
        board_p50_ms=cuts[49] * 1000,
        board_p99_ms=cuts[98] * 1000,
        board_kib=size / 1024,
        items=items,
    )


async def _token(http: httpx.AsyncClient, client: Credentials) -> str:
    answer = await http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client.client_id, client.client_secret),
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


async def _set_clock(http: httpx.AsyncClient) -> None:
    """To a day on which all that the file says holds already."""
    answer = await http.post(
        "/ops/v1/clock",
        json={"to": TODAY.isoformat()},
        headers={"Idempotency-Key": new_id()},
    )
    answer.raise_for_status()


async def _import_agencies(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/ops/v1/agencies/imports",
        content=AGENCIES.read_bytes(),
        headers={"Content-Type": "text/csv", "Idempotency-Key": new_id()},
    )
    if answer.is_error:
        raise RuntimeError(answer.text[:600])


async def _oblige(database: Database, deadline: date) -> None:
    """The law's list is not in the file; which agencies are on it, the dice say."""
    async with database.transaction(write=True) as session:
        numbers = list(await session.scalars(select(AgencyRow.org_number)))
        chosen = random.Random(1).sample(sorted(numbers), OBLIGED)
        await session.execute(
            insert(ObligationRow),
            [
                {
                    "org_number": number,
                    "service_area": SERVICE,
                    "deadline": deadline,
                    "legal_source": "2015:665",
                }
                for number in chosen
            ],
        )
        await session.commit()


async def _plan(http: httpx.AsyncClient, today: date) -> tuple[dict[str, Any], float, float]:
    year, week, _ = today.isocalendar()
    name = f"{year}-W{week:02d}"
    for role in plan_templates().centre_roles:
        capacity = {
            "role": role.key,
            "from_week": name,
            "to_week": name,
            "hours": PEOPLE[role.key] * HOURS_A_WEEK,
        }
        (await http.put("/ops/v1/pipeline/capacity", json=capacity)).raise_for_status()
    began = time.monotonic()
    asked = await http.post(
        "/ops/v1/pipeline/plans",
        json={"include": "all", "services": [SERVICE]},
        headers={"Idempotency-Key": new_id()},
    )
    path = f"/ops/v1/pipeline/plans/{asked.raise_for_status().json()['id']}"
    slowest = 0.0
    while True:
        await asyncio.sleep(0.1)
        before = time.monotonic()
        (await http.get("/ops/v1/pipeline/capacity")).raise_for_status()
        slowest = max(slowest, time.monotonic() - before)
        plans = (await http.get("/ops/v1/pipeline/plans")).raise_for_status().json()["items"]
        if plans[0]["status"] in {"done", "failed"}:
            seconds = time.monotonic() - began
            plan: dict[str, Any] = (await http.get(path)).raise_for_status().json()
            if plan["status"] != "done":
                raise RuntimeError(f"the plan is {plan['status']}: {plan['failure']}")
            return plan, seconds, slowest


async def _open_cases(database: Database, today: date) -> int:
    """A case for each agency, as the tables would hold them after some months."""
    dice = random.Random(2)
    now = TODAY
    rows: dict[type[Any], list[dict[str, Any]]] = {
        table: [] for table in (TimePlanRow, ForecastRow, GateItemRow)
    }
    async with database.transaction(write=True) as session:
        agencies = await session.scalars(select(AgencyRow).order_by(AgencyRow.org_number))
        for place, agency in enumerate(agencies.all()[:CASES]):
            phase = ROUTE[place % (len(ROUTE) - 1)]
            case = _case(agency, phase, now)
            await cases.add(session, case)
            live = today + timedelta(days=dice.randrange(30, 600))
            rows[TimePlanRow].append({"case_id": case.id, "starts_on": today, "go_live_on": live})
            rows[ForecastRow].append(_forecast(case.id, live, now))
            share = ITEMS // CASES + (place < ITEMS % CASES)
            rows[GateItemRow] += _items(case.id, phase, share, today, now, dice)
        for table, values in rows.items():
            await session.execute(insert(table), values)
        await session.commit()
    return len(rows[GateItemRow])


def _case(agency: AgencyRow, phase: Phase, now: datetime) -> Case:
    return Case(
        id=new_id(),
        org_number=agency.org_number,
        customer_name=agency.name,
        headcount=agency.headcount,
        part_of_state=agency.part_of_state,
        phase=phase,
        version=1,
        opened_at=now,
        phase_entered_at=now,
        services=(ServiceInCase(SERVICE),),
        catalogue_version=catalogue_in_force(now.date()).version,
    )


def _forecast(case_id: str, live: date, now: datetime) -> dict[str, Any]:
    days = {
        f"{what}_p{share}": live + timedelta(days=later + share)
        for what, later in (("live", 0), ("stable", 90))
        for share in (10, 50, 90)
    }
    return {
        "id": new_id(),
        "case_id": case_id,
        "latest": True,
        "made_at": now,
        **days,
        "points": 5,
        "complexity": "medium",
        "moved_working_days": 0,
        "causes": [],
        "inputs": {},
    }


def _items(
    case_id: str, phase: Phase, count: int, today: date, now: datetime, dice: random.Random
) -> list[dict[str, Any]]:
    known = [(gate.leaves, item.key) for gate in gates_in_force().gates for item in gate.items]
    more = ((ROUTE[n % 5], f"item-{n}") for n in range(count))
    items: Sequence[tuple[Phase, str]] = [*known, *more][:count]
    found = []
    for position, (leaves, key) in enumerate(items):
        ahead = ROUTE.index(leaves) - ROUTE.index(phase)
        owner = dice.choice(list(Owner)).value
        missing = ahead > 0 or (ahead == 0 and dice.random() < 0.7)
        lack = {"text": f"Something about {key} is missing.", "owner": owner, "due_on": None}
        found.append(
            {
                "case_id": case_id,
                "phase": leaves.value,
                "item": key,
                "position": position,
                "owner": owner,
                "holds": not missing,
                "since": None if ahead > 0 else now,
                "due_on": today + timedelta(days=dice.randrange(-30, 60)),
                "due_by_hand": False,
                "missing": [lack] if missing else [],
                "evidence_by_hand": False,
            }
        )
    return found


async def _read_board(http: httpx.AsyncClient) -> tuple[list[float], int]:
    first = (await http.get("/ops/v1/pipeline")).raise_for_status()
    if first.json()["totals"]["cases"] != CASES:
        raise RuntimeError("the board does not show every case")
    took: list[float] = []
    for _ in range(READS):
        began = time.monotonic()
        (await http.get("/ops/v1/pipeline")).raise_for_status()
        took.append(time.monotonic() - began)
    return took, len(first.content)
