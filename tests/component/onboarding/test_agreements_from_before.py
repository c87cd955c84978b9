"""An agreement that was signed before agreements had versions, parties and days of their own."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from services.chassis import migrations
from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.identity import Role
from services.chassis.testing import running
from services.onboarding.app import SPEC
from services.onboarding.canonical import content_hash
from services.onboarding.gap_analysis.domain import Resolution
from tests.component.onboarding.walk import ORG, done
from tests.unit.onboarding.cases import PAY, comparison, decision
from tests.unit.onboarding.test_agreements import assembled

AGREEMENT, CASE, VERSION = ("018f0000-0000-7000-8000-00000000000" + last for last in "123")
AT = datetime(2025, 1, 7, 9, tzinfo=UTC)
FIRST_FORM = [
    "agreement_id",
    "case_id",
    "version",
    "form",
    "standard_version",
    "customer",
    "centre_name",
    "valid_from",
    "valid_until",
    "review_on",
    "tariff",
    "yearly_fee_ore",
    "true_up_days",
    "services",
    "responsibilities",
    "excluded_activities",
    "deviations",
    "service_hours",
    "credit_terms",
    "collaboration_template",
    "forums",
    "stabilisation_periods",
]


def document() -> dict[str, Any]:
    """The document as the standard 2026-1 made it."""
    kept = comparison(PAY, gap=True, decision=decision(Resolution.CENTRE_ADAPTS))
    whole = assembled(kept).model_dump(mode="json")
    whole["deviations"][0].pop("resolution_sv")
    parts = [
        {
            "key": part["key"],
            "heading": part["heading"],
            "text": " ".join(clause["text"] for clause in part["clauses"]),
        }
        for part in whole["parts"]
    ]
    return {
        **{name: whole[name] for name in FIRST_FORM},
        "agreement_id": AGREEMENT,
        "case_id": CASE,
        "standard_version": "2026-1",
        "parts": parts,
    }


def migrate_with(database_url: str, content: dict[str, Any]) -> None:
    """The first schema with one signed agreement in it, brought up to date."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite")
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(SPEC.migrations))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "onboarding_0001")
        _insert(connection, content)
        connection.commit()
    engine.dispose()
    migrations.upgrade(database_url, SPEC.migrations)


def _insert(connection: sa.Connection, content: dict[str, Any]) -> None:
    rows: dict[str, dict[str, Any]] = {
        "agencies": {
            "org_number": ORG,
            "name": "Pensionsmyndigheten",
            "headcount": 100,
            "part_of_state": True,
            "registered_at": AT,
        },
        "cases": {
            "id": CASE,
            "org_number": ORG,
            "phase": "stable",
            "version": 9,
            "opened_at": AT,
            "phase_entered_at": AT,
        },
        "case_services": {"case_id": CASE, "service": "payroll", "live_on": date(2025, 6, 1)},
        "agreement_versions": {
            "id": VERSION,
            "agreement_id": AGREEMENT,
            "case_id": CASE,
            "version": 1,
            "content": content,
            "content_hash": content_hash(content),
            "drafted_at": AT,
            "signed_on": AT.date(),
        },
        "baselines": {
            "case_id": CASE,
            "yearly_cost_sek": 1_000_000,
            "fte_hundredths": 1_150,
            "volumes": {"payroll": {"payslip": 1_200}},
            "systems": ["Palasso"],
            "agreements": ["Lokalt arbetstidsavtal"],
        },
        "letter_signatures": {
            "case_id": CASE,
            "party": "customer",
            "name": "Eva Lind",
            "title": "Generaldirektör",
            "signed_at": AT,
        },
    }
    types: dict[str, Any] = {
        **dict.fromkeys(("content", "volumes", "systems", "agreements"), JSONDocument),
        **dict.fromkeys(("live_on", "signed_on"), sa.Date),
    }

    def of(key: str) -> Any:
        return UTCDateTime if key.endswith("_at") else types.get(key)

    for name, row in rows.items():
        columns: list[sa.ColumnClause[Any]] = [sa.column(key, of(key)) for key in row]
        connection.execute(sa.table(name, *columns).insert().values(**row))
    signatures = sa.table(
        "agreement_signatures",
        *(sa.column(n) for n in ("agreement_version_id", "party", "name", "title", "mandate")),
        sa.column("content_hash"),
        sa.column("signed_at", UTCDateTime),
    )
    for party in ("customer", "centre"):
        connection.execute(
            signatures.insert().values(
                agreement_version_id=VERSION,
                party=party,
                name="Eva Lind",
                title="Generaldirektör",
                mandate="chef",
                content_hash=content_hash(content),
                signed_at=AT,
            )
        )


async def test_it_stands_to_the_letter_and_can_be_amended(database_url: str) -> None:
    content = document()
    await asyncio.to_thread(migrate_with, database_url, content)
    async with (
        running(SPEC, database_url, start=datetime(2025, 9, 1, 9, tzinfo=UTC)) as service,
        service.client(Role.AGENCY, org_number=ORG) as agency,
        service.client(Role.ACCOUNT_MANAGER) as centre,
    ):
        path = f"/agreements/{AGREEMENT}"
        standing = done(await agency.get(f"/v1{path}"))
        assert standing["in_force"]["version"] == 1
        read = done(await agency.get(f"/v1{path}/versions/1"))
        assert read["content"] == content
        assert read["content_hash"] == content_hash(read["content"])
        paper = await agency.get(f"/v1{path}/agreement.pdf")
        assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
        letter = done(await agency.get(f"/v1/cases/{CASE}/letter-of-intent"))
        assert [system["name"] for system in letter["baseline"]["systems"]] == ["Palasso"]
        assert letter["baseline"]["agreements"][0]["name"] == "Lokalt arbetstidsavtal"
        assert [signed["party"] for signed in letter["signatures"]] == ["customer"]
        counts = done(await centre.get("/ops/v1/deviations/counts"))
        assert [one["subject"] for one in counts["activities"]] == [str(PAY)]

        level = {
            "service": "payroll",
            "level": "payroll-response-time",
            "required_share_percent": "97",
        }
        change = {"reason": "Högre krav.", "effective_on": "2025-10-01", "levels": [level]}
        amended = done(await centre.post(f"/ops/v1{path}/amendments", json=change), 201)
        assert amended["standard_version"] == "2026-2"
        told = done(await agency.get(f"/v1{path}/versions/1/differences/2"))
        sections = {one["section"] for one in told["items"]}
        assert {"level", "clause", "data_processing"} <= sections

        await service.advance(datetime(2025, 9, 1, 10, tzinfo=UTC))
        done(await agency.get(f"/v1{path}/reminders"))
        async with service.runtime.database.transaction(write=False) as session:
            timer = sa.text("SELECT status FROM timers WHERE name = 'agreement-calendar'")
            assert (await session.execute(timer)).scalar_one() == "set"
