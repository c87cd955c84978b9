"""Walks a case through its phases over HTTP, as the two parties and the other services do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService, running
from services.contracts.billing import FeeIndicated
from services.contracts.collab_model import PeriodClosed
from services.contracts.onboarding import FeeIndicationRequested
from services.contracts.values import FeeItem, IndicatedFeeLine
from services.onboarding.app import SPEC
from tests.component.onboarding.stations import everything_stored, station

ORG = "202100-6255"
OTHER_ORG = "202100-5026"
START = datetime(2025, 1, 7, 9, 0, tzinfo=UTC)
GO_LIVE = date(2025, 6, 1)
VOLUMES = {
    "payroll": {"payslip": 12_000},
    "e-commerce": {"supplier-invoice": 3_000},
    "travel-and-expenses": {"travel-claim": 800},
}


def fee_line(service: str, key: str, price_ore: int, quantity: int) -> IndicatedFeeLine:
    """A line as billing calculates it."""
    return IndicatedFeeLine(
        service=service,
        item=FeeItem(
            key=key,
            service_area=service,
            name=key,
            unit="payslip",
            unit_price_ore=price_ore,
            yearly_quantity=quantity,
        ),
        amount_ore=price_ore * quantity,
        explanation=f"{quantity} x {price_ore} öre",
    )


class Walk:
    """One case with a client on each side."""

    def __init__(
        self,
        service: RunningService,
        agency: httpx.AsyncClient,
        centre: httpx.AsyncClient,
        services: tuple[str, ...],
    ) -> None:
        self.service = service
        self.agency = agency
        self.centre = centre
        self.services = services
        self.case_id = ""

    # -- how the parties speak ----------------------------------------------------

    async def customer(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A request of the agency about the case."""
        return await self.agency.request(method, f"/v1/cases/{self.case_id}{path}", json=body)

    async def staff(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A request of the centre's staff about the case."""
        return await self.centre.request(method, f"/ops/v1/cases/{self.case_id}{path}", json=body)

    async def seen(self) -> dict[str, Any]:
        """The case as the agency sees it."""
        answer = await self.customer("GET", "")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def enter(self, phase: str) -> httpx.Response:
        """Ask for the next phase."""
        return await self.staff("POST", "/phase", {"to": phase})

    # -- the steps ------------------------------------------------------------------

    async def open(self, org_number: str = ORG, name: str = "Pensionsmyndigheten") -> None:
        """Register the agency and open its case."""
        agency = {"org_number": org_number, "name": name, "headcount": 1_800}
        done(await self.centre.post("/ops/v1/agencies", json=agency), 201)
        case = {"org_number": org_number, "services": list(self.services)}
        opened = await self.centre.post("/ops/v1/cases", json=case)
        self.case_id = done(opened, 201)["id"]

    def baseline(self) -> dict[str, Any]:
        """A baseline that fits the case."""
        return {
            "yearly_cost_sek": 14_000_000,
            "full_time_equivalents": "12.50",
            "volumes": {service: VOLUMES[service] for service in self.services},
            "systems": ["Palasso"],
            "agreements": [],
        }

    async def prepare(self) -> None:
        """Everything phase 1 asks for but the fee indication and the signatures."""
        for side, lead in ((self.customer, "project manager"), (self.staff, "account manager")):
            members = [
                {"role": lead, "name": "Anna Ek", "deputy": "Bo Alm"},
                {"role": "service owner", "name": "Eva Sand"},
            ]
            done(await side("PUT", "/staffing", {"members": members}))
        today = self.service.clock.now().date()
        go_live_on = GO_LIVE if today < GO_LIVE else today + timedelta(weeks=30)
        plan = {"starts_on": "2025-01-10", "go_live_on": go_live_on.isoformat()}
        done(await self.staff("PUT", "/time-plan", plan))
        done(await self.customer("PUT", "/baseline", self.baseline()))

    async def ask_fee(self) -> str:
        """Ask for a fee indication; returns its id."""
        asked = done(await self.customer("POST", "/fee-indications", {}), 202)
        return str(asked["id"])

    def fee_answer(self, request_id: str) -> FeeIndicated:
        """Billing's answer to a request."""
        lines = tuple(fee_line(service, f"{service}-base", 2_200, 12) for service in self.services)
        return FeeIndicated(
            request_id=request_id,
            case_id=self.case_id,
            org_number=ORG,
            tariff="ssc-2020",
            yearly_total_ore=sum(line.amount_ore for line in lines),
            lines=lines,
        )

    async def indicate_fee(self) -> None:
        """Ask for a fee indication and let billing answer."""
        await self.ask_fee()
        asked = (await self.service.published(FeeIndicationRequested))[-1]
        await self.service.deliver(self.fee_answer(asked.request_id))

    async def sign_letter(self) -> None:
        """Both parties sign the letter of intent."""
        signer = {"name": "Eva Lind", "title": "generaldirektör"}
        done(await self.customer("POST", "/letter-of-intent/signatures", signer), 201)
        done(await self.staff("POST", "/letter-of-intent/signatures", signer), 201)

    @station
    async def to_gap_analysis(self) -> None:
        """From an unopened case into phase 2."""
        await self.open()
        await self.prepare()
        await self.indicate_fee()
        await self.sign_letter()
        done(await self.enter("gap_analysis"))

    async def activities(self) -> list[tuple[str, str]]:
        """Every activity of the case."""
        items = done(await self.customer("GET", "/comparisons"))["items"]
        return [(item["service"], item["activity"]) for item in items]

    async def compare_all(self) -> None:
        """Compare every activity, in one file; none has a gap."""
        heading = "Tjänstenyckel;Aktivitetsnyckel;Version;Så gör ni i dag;Gap;Typ av gap;Storlek"
        rows = [
            f"{service};{activity};0;Som standard.;Nej;;"
            for service, activity in await self.activities()
        ]
        done(
            await self.agency.post(
                f"/v1/cases/{self.case_id}/comparisons/import",
                content="\n".join([heading, *rows]).encode(),
                headers={"Content-Type": "text/csv"},
            )
        )

    @station
    async def to_agreement(self) -> None:
        """Into phase 3, with one gap decided as an exception."""
        await self.to_gap_analysis()
        await self.compare_all()
        await self.find_gap("approve-payment")
        done(await self.decide("approve-payment", "exception_until", until="2025-12-31"))
        done(await self.enter("agreement"))

    async def find_gap(self, activity: str) -> None:
        """Find a gap in an activity of the first service."""
        gap = {
            "customer_way": "Attest på papper.",
            "gap": True,
            "kind": "process",
            "size": "small",
        }
        path = f"/comparisons/{self.services[0]}/{activity}"
        done(await self.customer("PUT", path, gap))

    async def decide(self, activity: str, decision: str, **more: object) -> httpx.Response:
        """Decide the gap in an activity of the first service."""
        body = {
            "decision": decision,
            "reason": "Nytt attestflöde kommer först i höst.",
            "effort_hours": 16,
            "price_ore": 1_600_000,
            "decided_by": "Karin Berg",
            "mandate": "ekonomichef",
            **more,
        }
        path = f"/comparisons/{self.services[0]}/{activity}/decision"
        return await self.customer("PUT", path, body)

    async def draft(self, **more: object) -> dict[str, Any]:
        """Draft the agreement."""
        terms = {"valid_from": "2025-06-01", "collaboration_template": "ssc-2016", **more}
        return done(await self.staff("POST", "/agreement", terms), 201)

    @staticmethod
    def signature(content_hash: str) -> dict[str, str]:
        """A signature under a text."""
        return {
            "name": "Eva Lind",
            "title": "generaldirektör",
            "mandate": "myndighetens chef",
            "content_hash": content_hash,
        }

    async def sign_agreement(self, content_hash: str) -> None:
        """Both parties sign a text."""
        signature = self.signature(content_hash)
        done(await self.customer("POST", "/agreement/signatures", signature), 201)
        done(await self.staff("POST", "/agreement/signatures", signature), 201)

    @station
    async def to_implementation(self) -> None:
        """Into phase 4."""
        await self.to_agreement()
        await self.sign_agreement((await self.draft())["content_hash"])
        done(await self.enter("implementation"))

    async def confirm_readiness(self) -> None:
        """Each party confirms what it answers for."""
        for item in (await self.seen())["readiness"]:
            body = {"ready": True, "evidence": "Protokoll 2025-04-10."}
            if item["owner"] in ("customer", "shared"):
                done(await self.customer("PUT", f"/readiness/{item['item']}", body))
            if item["owner"] in ("centre", "shared"):
                done(await self.staff("PUT", f"/readiness/{item['item']}", body))

    async def reconcile(self, **more: object) -> dict[str, Any]:
        """Reconcile a batch; exact unless told otherwise."""
        batch = {
            "batch": "employees",
            "source_count": 1_800,
            "target_count": 1_800,
            "source_sum_ore": 9_000_000_00,
            "target_sum_ore": 9_000_000_00,
            **more,
        }
        return done(await self.staff("POST", "/reconciliations", batch), 201)

    async def train(self) -> None:
        """All who have to be trained for each service are, in one course a role."""
        for part in done(await self.customer("GET", "/training"))["roles"]:
            service, role = part["service"], part["role"]
            need = f"/training/needs/{service}/{role}"
            done(await self.customer("PUT", need, {"to_be_trained": 4}))
            plan = {
                "service": service,
                "role": role,
                "title": "Grundkurs",
                "planned_on": "2025-01-20",
            }
            course = done(await self.staff("POST", "/training/courses", plan), 201)
            held = {"held_on": "2025-01-07", "trained": 4}
            done(await self.staff("POST", f"/training/courses/{course['id']}/held", held), 201)

    def pay(self, kind: str = "1010", **more: object) -> dict[str, Any]:
        """A kind of pay that came out the same in both systems, unless told otherwise."""
        return {
            "kind": kind,
            "name": "Månadslön",
            "old_count": 1_800,
            "new_count": 1_800,
            "old_sum_ore": 6_300_000_00,
            "new_sum_ore": 6_300_000_00,
            **more,
        }

    async def run_in_parallel(self, period: str, *rows: dict[str, Any]) -> dict[str, Any]:
        """Report a parallel run of payroll; without differences unless told otherwise."""
        body = {"service": "payroll", "period": period, "rows": list(rows) or [self.pay()]}
        return done(await self.staff("POST", "/parallel-runs", body), 201)

    async def approve_run(self, run: dict[str, Any]) -> httpx.Response:
        """Let the customer approve a parallel run."""
        return await self.customer(
            "POST", f"/parallel-runs/{run['id']}/approval", {"approved": True}
        )

    async def run_payroll_twice(self) -> None:
        """Two parallel runs in a row, approved, where the case has payroll."""
        if "payroll" in self.services:
            for period in ("2024-12", "2025-01"):
                done(await self.approve_run(await self.run_in_parallel(period)), 201)

    def go(self, day: date = GO_LIVE) -> dict[str, Any]:
        """A go decision."""
        return {"decision": "go", "go_live_on": day.isoformat(), "mandate": "generaldirektör"}

    async def decide_go(self) -> None:
        """Both parties decide go, 45 days ahead."""
        self.service.at(datetime(2025, 4, 17, 9, 0, tzinfo=UTC))
        done(await self.customer("POST", "/go-decisions", self.go()), 201)
        done(await self.staff("POST", "/go-decisions", self.go()), 201)

    async def finish_workstreams(self) -> None:
        """Each party reports its part of the plan's workstreams as done."""
        tasks = done(await self.staff("GET", "/time-plan?phase=implementation"))["tasks"]
        day = self.service.clock.now().date().isoformat()
        report = {
            "status": "done",
            "started_on": day,
            "finished_on": day,
            "evidence": "Styrgruppens protokoll.",
            "reason": "Rapporteras samlat.",
        }
        for party, ask in (("customer", self.customer), ("centre", self.staff)):
            owners = {party, "shared"} if party == "centre" else {party}
            keys = [task["key"] for task in tasks if task["workstream"] and task["owner"] in owners]
            done(await ask("PUT", "/time-plan/tasks", {**report, "keys": keys}))

    @station
    async def ready_for_go_live(self) -> None:
        """Into phase 4, with all that go-live asks for, on the decided day."""
        await self.to_implementation()
        await self.confirm_readiness()
        await self.reconcile()
        await self.train()
        await self.run_payroll_twice()
        await self.finish_workstreams()
        await self.decide_go()
        self.service.at(datetime(2025, 6, 1, 6, 0, tzinfo=UTC))

    async def go_live(self, service: str, live_on: date = GO_LIVE) -> httpx.Response:
        """Report that a service went live."""
        return await self.staff(
            "POST", "/go-live", {"service": service, "live_on": live_on.isoformat()}
        )

    @station
    async def to_stabilisation(self) -> None:
        """Into phase 5."""
        await self.ready_for_go_live()
        for service in self.services:
            done(await self.go_live(service))
        done(await self.enter("stabilisation"))

    async def agreement_id(self) -> str:
        """The agreement's id."""
        return str((await self.seen())["agreement"]["agreement_id"])

    async def close_period(self, period: str, *, met: bool = True, whole: bool = True) -> None:
        """Let collab_model close a month of every service."""
        for service in self.services:
            await self.service.deliver(
                PeriodClosed(
                    agreement_id=await self.agreement_id(),
                    org_number=ORG,
                    service=service,
                    period=period,
                    whole_month=whole,
                    results=(),
                    met=met,
                )
            )


def done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that has to be as expected."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer that has to refuse."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    problem: dict[str, Any] = answer.json()
    return problem


@asynccontextmanager
async def walking(
    database_url: str, *services: str, start: datetime = START
) -> AsyncIterator[Walk]:
    """A walk on a fresh service, before its case is opened; payroll unless told otherwise."""
    async with (
        running(SPEC, database_url, start=start) as service,
        service.client(Role.AGENCY, org_number=ORG) as agency,
        service.client(Role.ACCOUNT_MANAGER) as centre,
    ):
        yield Walk(service, agency, centre, services or ("payroll",))


@asynccontextmanager
async def nothing_changes(walk: Walk) -> AsyncIterator[None]:
    """Shows that what happens inside leaves no trace in storage, the outbox included."""
    before = await everything_stored(walk.service)
    yield
    assert await everything_stored(walk.service) == before
