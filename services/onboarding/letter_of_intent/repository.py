"""What phase 1 gathers, in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import IndicatedFeeLine
from services.onboarding.letter_of_intent.domain import (
    Baseline,
    FeeIndication,
    FeeIndicationStatus,
    LetterSignature,
    StaffMember,
    TimePlan,
)
from services.onboarding.parties import Party
from services.onboarding.tables import (
    BaselineRow,
    FeeIndicationRow,
    LetterSignatureRow,
    StaffingRow,
    TimePlanRow,
)


async def put_staffing(
    session: AsyncSession, case_id: str, party: Party, members: Sequence[StaffMember]
) -> None:
    """Replace the staff of one side."""
    await session.merge(
        StaffingRow(
            case_id=case_id, party=party.value, members=[asdict(member) for member in members]
        )
    )
    await session.flush()


async def staffing(session: AsyncSession, case_id: str) -> Mapping[Party, tuple[StaffMember, ...]]:
    """The staff of each side that has named any."""
    rows = await session.scalars(select(StaffingRow).where(StaffingRow.case_id == case_id))
    return {
        Party(row.party): tuple(
            StaffMember(member["role"], member["name"], member["deputy"]) for member in row.members
        )
        for row in rows
    }


async def put_time_plan(session: AsyncSession, case_id: str, plan: TimePlan) -> None:
    """Replace the time plan."""
    await session.merge(TimePlanRow(case_id=case_id, **asdict(plan)))
    await session.flush()


async def time_plan(session: AsyncSession, case_id: str) -> TimePlan | None:
    """The time plan, when one is set."""
    row = await session.get(TimePlanRow, case_id)
    return TimePlan(row.starts_on, row.go_live_on, row.reason_if_short) if row else None


async def put_baseline(session: AsyncSession, case_id: str, baseline: Baseline) -> None:
    """Replace the baseline."""
    await session.merge(
        BaselineRow(
            case_id=case_id,
            yearly_cost_sek=baseline.yearly_cost_sek,
            fte_hundredths=int(baseline.full_time_equivalents * 100),
            volumes={service: dict(units) for service, units in baseline.volumes.items()},
            systems=list(baseline.systems),
            agreements=list(baseline.agreements),
        )
    )
    await session.flush()


async def baseline(session: AsyncSession, case_id: str) -> Baseline | None:
    """The baseline, when it is recorded."""
    row = await session.get(BaselineRow, case_id)
    if row is None:
        return None
    return Baseline(
        yearly_cost_sek=row.yearly_cost_sek,
        full_time_equivalents=Decimal(row.fte_hundredths) / 100,
        volumes=row.volumes,
        systems=tuple(row.systems),
        agreements=tuple(row.agreements),
    )


async def add_fee_indication(
    session: AsyncSession, case_id: str, indication: FeeIndication
) -> None:
    """Store a question to billing."""
    session.add(
        FeeIndicationRow(
            id=indication.id,
            case_id=case_id,
            status=indication.status.value,
            headcount=indication.headcount,
            volumes={service: dict(units) for service, units in indication.volumes.items()},
            tariff=indication.tariff,
            lines=[],
            requested_at=indication.requested_at,
        )
    )
    await session.flush()


async def fee_indication(
    session: AsyncSession, case_id: str, indication_id: str
) -> FeeIndication | None:
    """One question to billing."""
    row = await session.get(FeeIndicationRow, indication_id, populate_existing=True)
    return _indication(row) if row and row.case_id == case_id else None


async def fee_indications(session: AsyncSession, case_id: str) -> Sequence[FeeIndication]:
    """Every question to billing about a case, in the order they were asked."""
    rows = await session.scalars(
        select(FeeIndicationRow)
        .where(FeeIndicationRow.case_id == case_id)
        .order_by(FeeIndicationRow.id)
    )
    return [_indication(row) for row in rows]


async def answer_fee_indication(
    session: AsyncSession,
    indication_id: str,
    *,
    tariff: str,
    yearly_total_ore: int,
    lines: Sequence[IndicatedFeeLine],
    at: datetime,
) -> None:
    """Keep billing's answer to a question."""
    await session.execute(
        update(FeeIndicationRow)
        .where(FeeIndicationRow.id == indication_id)
        .values(
            status=FeeIndicationStatus.INDICATED.value,
            tariff=tariff,
            yearly_total_ore=yearly_total_ore,
            lines=[line.model_dump(mode="json") for line in lines],
            answered_at=at,
        )
    )


async def refuse_fee_indication(
    session: AsyncSession, indication_id: str, *, code: str, reason: str, at: datetime
) -> None:
    """Keep why billing could not answer a question."""
    await session.execute(
        update(FeeIndicationRow)
        .where(FeeIndicationRow.id == indication_id)
        .values(
            status=FeeIndicationStatus.REFUSED.value,
            refusal_code=code,
            refusal_reason=reason,
            answered_at=at,
        )
    )


async def add_letter_signature(
    session: AsyncSession, case_id: str, signature: LetterSignature
) -> None:
    """Store a signature under the letter of intent."""
    session.add(
        LetterSignatureRow(
            case_id=case_id,
            party=signature.party.value,
            name=signature.name,
            title=signature.title,
            signed_at=signature.signed_at,
        )
    )
    await session.flush()


async def letter_signatures(session: AsyncSession, case_id: str) -> Sequence[LetterSignature]:
    """The signatures under a case's letter of intent."""
    rows = await session.scalars(
        select(LetterSignatureRow)
        .where(LetterSignatureRow.case_id == case_id)
        .order_by(LetterSignatureRow.signed_at)
    )
    return [LetterSignature(Party(row.party), row.name, row.title, row.signed_at) for row in rows]


def _indication(row: FeeIndicationRow) -> FeeIndication:
    return FeeIndication(
        id=row.id,
        status=FeeIndicationStatus(row.status),
        headcount=row.headcount,
        volumes=row.volumes,
        tariff=row.tariff,
        yearly_total_ore=row.yearly_total_ore,
        lines=tuple(IndicatedFeeLine.model_validate(line) for line in row.lines),
        refusal_code=row.refusal_code,
        refusal_reason=row.refusal_reason,
        requested_at=row.requested_at,
        answered_at=row.answered_at,
    )
