"""A centre with some history, and what it takes to ask it plausible and absurd things."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from services.centre.filling import BUNDLED_FLOW
from services.chassis.idempotency import HEADER
from services.chassis.ids import new_id
from services.replay.flow import Flow, load
from services.replay.runner import Credentials, GatewayClient, Runner
from tests.support.prefork import ROOT
from tests.support.processes import embedded_centre

# As it is published; test_documents.py sees to it that it is up to date.
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs/reference/openapi.json").read_text("utf-8"))


@dataclass(frozen=True, order=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes_a_body(self) -> bool:
        """Whether it is described with a body of JSON and nothing else."""
        return self._bodies.keys() == {"application/json"}

    @property
    def takes_a_file(self) -> bool:
        """Whether it is described with a file as its body."""
        return bool(self._bodies) and not self.takes_a_body

    @property
    def media_type(self) -> str:
        """A media type that its body may have."""
        return next(iter(self._bodies), "application/json")

    @property
    def takes_one_of_several(self) -> bool:
        """Whether a member of its body says which of several shapes the rest has."""
        return "discriminator" in self._bodies.get("application/json", {}).get("schema", {})

    @property
    def _bodies(self) -> Mapping[str, Any]:
        described = DOCUMENT["paths"][self.path][self.method.lower()].get("requestBody", {})
        content: Mapping[str, Any] = described.get("content", {})
        return content

    @property
    def takes_a_key(self) -> bool:
        """Whether it is described with an idempotency key."""
        parameters = DOCUMENT["paths"][self.path][self.method.lower()].get("parameters", ())
        return any(parameter["name"] == HEADER for parameter in parameters)


OPERATIONS = sorted(
    Operation(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
)

AGENCIES = ("pensionsmyndigheten", "skogsstyrelsen", "fastighetsmaklarinspektionen")
STAFF = ("manager", "operations", "finance", "administrator")
_ENDS = date(2026, 3, 2)
# How far each agency has come, in days from the flow's beginning: one in operation with
# invoices, matters and meetings, one in its gap analysis, one about to sign its agreement.
_DAYS = {"Pensionsmyndigheten": 260, "Skogsstyrelsen": 60, "Fastighetsmäklarinspektionen": 120}
_IDS = {
    "cases": "case_id",
    "matters": "matter_id",
    "meetings": "meeting_id",
    "periods": "period_id",
    "statements": "statement_id",
    "tertial-reports": "report_id",
    "subscriptions": "subscription_id",
    "invoices": "invoice_id",
    "foresight/models": "model_id",
}


@dataclass
class KnownValues:
    """Values that mean something to the centre, by the name of the field they go into."""

    _values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, value: str, *names: str) -> None:
        """Take in a value for fields of these names."""
        for name in names:
            values = self._values.setdefault(name, [])
            if value not in values:
                values.append(value)

    def one(self, name: str, index: int) -> str | None:
        """A known value for a field, by turns; None when there is none."""
        values = self._values.get(name)
        return values[index % len(values)] if values else None

    def all(self, name: str) -> Sequence[str]:
        """Every known value for a field."""
        return tuple(self._values.get(name, ()))

    def into(self, document: Any, index: int, name: str = "") -> Any:
        """A JSON document with known values in the fields that there are some for."""
        if isinstance(document, list):
            return [self.into(item, index, name.removesuffix("s")) for item in document]
        if isinstance(document, dict):
            return {key: self.into(value, index, key) for key, value in document.items()}
        if isinstance(document, str):
            return self.one(name, index) or document
        if isinstance(document, int) and not isinstance(document, bool):
            return int(self.one(f"#{name}", index) or document)
        return document


@dataclass(frozen=True)
class FuzzedCentre:
    """A running centre, who may ask it, and what it knows."""

    url: str
    folder: Path
    tokens: Mapping[str, str]
    known: KnownValues

    def askers(self, path: str) -> Sequence[str]:
        """Who goes through a path's door."""
        return STAFF if path.startswith("/ops/") else AGENCIES

    def address(self, operation: Operation) -> str:
        """An operation's path with known values in it."""
        return re.sub(
            r"\{(\w+)\}", lambda name: self.known.one(name[1], 0) or "unknown", operation.path
        )

    def headers(self, asker: str) -> dict[str, str]:
        """The asker's credentials."""
        return {"Authorization": f"Bearer {self.tokens[asker]}"}

    def log_tail(self) -> str:
        """The end of what the centre logged."""
        return (self.folder / "data" / "centre.log").read_text("utf-8")[-6000:]


def _early_flow() -> Flow:
    flow = load(BUNDLED_FLOW, _ENDS)
    steps = [
        step
        for step in flow.steps
        if step.journey in _DAYS and step.at < flow.begins + timedelta(days=_DAYS[step.journey])
    ]
    return replace(flow, steps=steps, ends=max(step.at for step in steps))


@asynccontextmanager
async def fuzzed_centre(folder: Path) -> AsyncIterator[FuzzedCentre]:
    """An embedded centre, in a process of its own, with some history.

    Raises:
        AssertionError: the flow it is filled with does not go as it should.
    """
    async with (
        embedded_centre(folder) as centre,
        httpx.AsyncClient(base_url=centre.url, timeout=60) as http,
    ):
        flow = _early_flow()
        outcome = await Runner(flow, http, centre.administrator).run()
        assert outcome.failures == []
        credentials = {**outcome.credentials, "administrator": centre.administrator}
        tokens = {asker: await _token(http, credentials[asker]) for asker in (*AGENCIES, *STAFF)}
        known = KnownValues()
        known.add(flow.ends.isoformat(), "to")
        await _learn(GatewayClient(http), centre.administrator, known)
        await _give_notice(GatewayClient(http), centre.administrator, known)
        await _share_costs(GatewayClient(http), credentials["finance"], known)
        await _distribute_costs(http, tokens["finance"], known)
        await _price_a_service(GatewayClient(http), credentials["finance"], known)
        await _quote(GatewayClient(http), credentials["finance"], known)
        await _save_and_compare(GatewayClient(http), credentials["finance"], known)
        # A year that has begun, of what is reckoned by years.
        known.add("2025", "year", "#year")
        await _ask_for_a_plan(GatewayClient(http), centre.administrator, flow.ends.date(), known)
        await _keep_a_calendar(GatewayClient(http), credentials["operations"], known)
        await _enter_a_risk(GatewayClient(http), credentials["operations"], known)
        yield FuzzedCentre(centre.url, folder, tokens, known)


async def _token(http: httpx.AsyncClient, credentials: Credentials) -> str:
    answer = await http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(credentials.client_id, credentials.client_secret),
    )
    token: str = answer.json()["access_token"]
    return token


async def _give_notice(
    gateway: GatewayClient, administrator: Credentials, known: KnownValues
) -> None:
    notice = {
        "agreement_id": known.one("agreement_id", 0),
        "reason": "Provas.",
        "name": "Maria Dahl",
        "title": "Generaldirektör",
        "mandate": "Arbetsordningen",
    }
    answer = await gateway.request(administrator, "POST", "/ops/v1/exits", notice, new_id())
    assert answer.status_code == 201, answer.text
    known.add(answer.json()["id"], "exit_id")


async def _keep_a_calendar(
    gateway: GatewayClient, manager: Credentials, known: KnownValues
) -> None:
    version = {
        "holds_from": "1900-01-01",
        "zone": "Europe/Stockholm",
        "weekly": {"monday": [{"opens": "08:00", "closes": "16:30"}]},
        "reason": "Provas.",
    }
    calendar = {"key": "office", "name": "Office", "name_sv": "Kontor", "version": version}
    path = f"/ops/v1/service-hours/{known.one('agreement_id', 0)}/bindings"
    binding = {"calendar": "office", "holds_from": "2100-01-01", "reason": "Provas."}
    for command, body in (("/ops/v1/calendars", calendar), (path, binding)):
        answer = await gateway.request(manager, "POST", command, body, new_id())
        assert answer.status_code == 201, answer.text
    known.add("office", "calendar")
    # Days for open hours, months for what-if.
    known.add("2026-03-02", "first", "last")
    known.add("2026-02", "first", "last")
    known.add("Europe/Stockholm", "zone")


async def _price_a_service(
    gateway: GatewayClient, finance: Credentials, known: KnownValues
) -> None:
    price = {
        "service": "supplier-ledger",
        "unit": "supplier-invoice",
        "amount_ore": 3_150,
        "cost_basis": "Provas.",
        "valid_from": "2026-01-01",
    }
    answer = await gateway.request(finance, "POST", "/ops/v1/price-items", price, new_id())
    assert answer.status_code == 201, answer.text
    known.add(answer.json()["id"], "price_id")
    known.add("payroll", "service_area")


async def _quote(gateway: GatewayClient, finance: Credentials, known: KnownValues) -> None:
    asked = {
        "org_number": known.one("org_number", 0),
        "services": {"payroll": {"payslip": 12_000}},
    }
    answer = await gateway.request(finance, "POST", "/ops/v1/quotes", asked, new_id())
    assert answer.status_code == 201, answer.text
    known.add(answer.json()["id"], "quote_id")
    for tariff in ("ssc-2013", "ssc-2020"):
        known.add(tariff, "against")
    known.add("1", "#against_version")
    accounts = (await gateway.request(finance, "GET", "/ops/v1/ledger/accounts")).json()
    known.add(accounts["items"][0]["number"], "account")


async def _save_and_compare(
    gateway: GatewayClient, finance: Credentials, known: KnownValues
) -> None:
    invoices = (await gateway.request(finance, "GET", "/ops/v1/invoices")).json()["items"]
    saving = {
        "arises_at": "agency",
        "org_number": invoices[0]["org_number"],
        "service": "payroll",
        "title": "Provas.",
        "description": "Provas.",
    }
    comparison = {
        "key_figure": "fee-per-employee",
        "year": int(invoices[0]["period"][:4]),
        "review_until": "2199-12-31",
    }
    for path, body, name in (
        ("savings", saving, "saving_id"),
        ("comparisons", comparison, "comparison_id"),
    ):
        answer = await gateway.request(finance, "POST", f"/ops/v1/{path}", body, new_id())
        assert answer.status_code == 201, answer.text
        known.add(answer.json()["id"], name)
    known.add("fee-per-employee", "key_figure")


async def _enter_a_risk(gateway: GatewayClient, manager: Credentials, known: KnownValues) -> None:
    risk = {
        "agreement_id": known.one("agreement_id", 0),
        "title": "Provas.",
        "probability": 3,
        "consequence": 3,
        "handling": "Provas.",
        "owner_role": "Tjänsteansvarig",
    }
    answer = await gateway.request(manager, "POST", "/ops/v1/risks", risk, new_id())
    assert answer.status_code == 201, answer.text
    known.add(answer.json()["id"], "risk_id")
    known.add("centre-staffing", "cause")
    known.add("level", "subject")


async def _share_costs(gateway: GatewayClient, finance: Credentials, known: KnownValues) -> None:
    template = "servicekontor-2014"

    async def send(path: str, body: Any) -> Any:
        answer = await gateway.request(finance, "POST", f"/ops/v1/{path}", body, new_id())
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    shown = await gateway.request(finance, "GET", f"/ops/v1/cost-arrangement-templates/{template}")
    document = shown.json()["template"]
    facts = document["examples"][0]
    await send("cost-arrangements", {key: document[key] for key in ("key", "name", "name_sv")})
    path = f"cost-arrangements/{template}"
    await send(f"{path}/parties", {"parties": document["parties"]})
    await send(f"{path}/versions", document["versions"][0])
    await send(f"{path}/cost-items", {"items": facts["items"]})
    await send(f"{path}/readings", {"readings": facts["readings"]})
    days = {key: facts[key] for key in ("first_day", "last_day", "actual_through")}
    booked = await send(f"{path}/sharings", days)
    known.add(template, "template", "arrangement")
    known.add("pensionsmyndigheten", "party")
    known.add(booked["id"], "sharing_id")
    posted = await gateway.request(finance, "GET", "/ops/v1/ledger/vouchers")
    known.add(posted.json()["items"][0]["id"], "voucher_id")
    known.add("1", "#number")


async def _distribute_costs(http: httpx.AsyncClient, token: str, known: KnownValues) -> None:
    async def send(path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", HEADER: new_id(), **body.pop("headers", {})}
        answer = await http.post(f"/ops/v1/{path}", headers=headers, **body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    pool = {"key": "pay-staff", "name": "Pay", "name_sv": "Lön", "kind": "own_staff"}
    await send("cost-pools", json=pool | {"service": "payroll"})
    use = {"pool": "pay-staff", "parts": [{"portion": "1/1", "to": {"kind": "fees"}}]}
    await send("overhead-plans", json={"effective_from": "2025-01", "uses": [use]})
    taken = await send(
        "cost-imports?source=accounts",
        content="id,amount_sek,pool,period,basis\na,100.00,pay-staff,2025-12,budget\n",
        headers={"Content-Type": "text/csv"},
    )
    booked = await send("cost-distributions", json={"period": "2025-12", "basis": "budget"})
    known.add("pay-staff", "pool")
    known.add(taken["id"], "import_id")
    known.add(booked["id"], "distribution")


async def _ask_for_a_plan(
    gateway: GatewayClient, administrator: Credentials, today: date, known: KnownValues
) -> None:
    year, week, _ = today.isocalendar()
    name = f"{year}-W{week:02d}"
    path = "/ops/v1/pipeline/capacity"
    for entry in (await gateway.request(administrator, "GET", path)).json()["roles"]:
        known.add(entry["role"], "role")
        hours = {"role": entry["role"], "from_week": name, "to_week": name, "hours": 40}
        answer = await gateway.request(administrator, "PUT", path, hours)
        assert answer.status_code == 200, answer.text
    known.add(name, "from_week", "to_week")
    known.add("set-up-customer", "key")
    asked = await gateway.request(administrator, "POST", "/ops/v1/pipeline/plans", {}, new_id())
    known.add(asked.json()["id"], "plan_id")


async def _learn(gateway: GatewayClient, administrator: Credentials, known: KnownValues) -> None:
    async def read(path: str) -> Any:
        answer = await gateway.request(administrator, "GET", f"/ops/v1/{path}")
        assert answer.status_code in {200, 404}, answer.text
        return answer.json()

    for path, name in _IDS.items():
        for item in (await read(path))["items"]:
            known.add(item["id"], name)
    for path, names in {
        "tariffs": ("tariff", "key"),
        "levels": ("level",),
        "forums": ("forum",),
    }.items():
        for item in (await read(path))["items"]:
            known.add(item["key"], *names)
    for matter_id in known.all("matter_id"):
        for clock in (await read(f"matters/{matter_id}"))["clocks"]:
            known.add(clock["clock"], "clock")
    known.add("1", "line", "#line")
    for item in (await read("catalogue/versions"))["items"]:
        known.add(item["version"], "version", "older", "newer")
    for item in (await read("cases"))["items"]:
        await _learn_case(read, item["id"], known)


async def _learn_case(
    read: Callable[[str], Awaitable[Any]], case_id: str, known: KnownValues
) -> None:
    case = await read(f"cases/{case_id}")
    known.add(case["org_number"], "org_number")
    known.add(case["services"][0], "service", "service_key")
    known.add(case["fee_indication"]["id"], "indication_id")
    known.add((await read(f"cases/{case_id}/letter-of-intent"))["document_id"], "document_id")
    for readiness in case["readiness"]:
        known.add(readiness["item"], "item")
    for comparison in (await read(f"cases/{case_id}/comparisons"))["items"]:
        known.add(comparison["activity"], "activity")
    agreement = await read(f"cases/{case_id}/agreement")
    if "content_hash" in agreement:
        known.add(agreement["agreement_id"], "agreement_id")
        known.add(agreement["content_hash"], "content_hash")
        known.add(str(agreement["version"]), "#version", "#other")
    for run in (await read(f"cases/{case_id}/parallel-runs"))["items"]:
        known.add(run["id"], "run_id")
