"""What phase 1 gathers, in storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import IndicatedFeeLine, Phase
from services.onboarding.letter_of_intent.baseline import Baseline
from services.onboarding.letter_of_intent.domain import (
    FeeIndication,
    FeeIndicationStatus,
    LetterSignature,
)
from services.onboarding.parties import Party
from services.onboarding.tables import (
    BaselineRow,
    CaseRow,
    FeeIndicationRow,
    LetterSignatureRow,
)

_BASELINE = TypeAdapter(Baseline)
_BASELINE_DOCUMENTS = ("volumes", "systems", "agreements", "costs", "routines")


async def put_baseline(session: AsyncSession, case_id: str, baseline: Baseline) -> None:
    """Replace the baseline."""
    written = _BASELINE.dump_python(baseline, mode="json")
    await session.merge(
        BaselineRow(
            case_id=case_id,
            yearly_cost_sek=baseline.yearly_cost_sek,
            fte_hundredths=int(baseline.full_time_equivalents * 100),
            **{name: written[name] for name in _BASELINE_DOCUMENTS},
        )
    )
    await session.flush()


async def baseline(session: AsyncSession, case_id: str) -> Baseline | None:
    """The baseline, when it is recorded."""
    row = await session.get(BaselineRow, case_id)
    if row is None:
        return None
    return _BASELINE.validate_python(
        {
            "yearly_cost_sek": row.yearly_cost_sek,
            "full_time_equivalents": Decimal(row.fte_hundredths) / 100,
            **{name: getattr(row, name) for name in _BASELINE_DOCUMENTS},
        }
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
    session: AsyncSession,
    indication_id: str,
    *,
    code: str,
    reason: str,
    reason_sv: str | None,
    at: datetime,
) -> None:
    """Keep why billing could not answer a question."""
    await session.execute(
        update(FeeIndicationRow)
        .where(FeeIndicationRow.id == indication_id)
        .values(
            status=FeeIndicationStatus.REFUSED.value,
            refusal_code=code,
            refusal_reason=reason,
            refusal_reason_sv=reason_sv,
            answered_at=at,
        )
    )


async def put_letter_signature(
    session: AsyncSession, case_id: str, signature: LetterSignature
) -> None:
    """Store a party's signature under the letter of intent, in place of one that fell."""
    await session.merge(
        LetterSignatureRow(
            case_id=case_id,
            party=signature.party.value,
            name=signature.name,
            title=signature.title,
            mandate=signature.mandate,
            content_hash=signature.content_hash,
            signed_at=signature.signed_at,
            fell_at=signature.fell_at,
        )
    )
    await session.flush()


async def is_signed_in(session: AsyncSession, case_id: str, phase: Phase) -> bool:
    """Whether a case is in a phase and its letter of intent has a signature."""
    found = await session.scalar(
        select(LetterSignatureRow.party)
        .join(CaseRow, CaseRow.id == LetterSignatureRow.case_id)
        .where(CaseRow.id == case_id, CaseRow.phase == phase.value)
        .limit(1)
    )
    return found is not None


async def letter_signatures(session: AsyncSession, case_id: str) -> Sequence[LetterSignature]:
    """The signatures under a case's letter of intent."""
    rows = await session.scalars(
        select(LetterSignatureRow)
        .where(LetterSignatureRow.case_id == case_id)
        .order_by(LetterSignatureRow.signed_at, LetterSignatureRow.party)
    )
    return [
        LetterSignature(
            party=Party(row.party),
            name=row.name,
            title=row.title,
            signed_at=row.signed_at,
            mandate=row.mandate,
            content_hash=row.content_hash,
            fell_at=row.fell_at,
        )
        for row in rows
    ]


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
        refusal_reason_sv=row.refusal_reason_sv,
    )
