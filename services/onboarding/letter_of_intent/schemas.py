"""The fee indication and the letter of intent in requests and responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import RequestModel, ResponseModel, Text
from services.contracts.values import IndicatedFeeLine, Slug
from services.onboarding.documents.domain import case_reference
from services.onboarding.letter_of_intent.baseline import CostVerdict
from services.onboarding.letter_of_intent.baseline_schemas import BaselineOut
from services.onboarding.letter_of_intent.domain import (
    FeeIndication,
    FeeIndicationStatus,
    LetterSignature,
)
from services.onboarding.letter_of_intent.signing import LetterStanding
from services.onboarding.parties import Party


class RequestFeeIndication(RequestModel):
    """Which tariff to reckon with; the one in force when none is named."""

    tariff: Slug | None = None


class FeeIndicationOut(ResponseModel):
    """A fee indication; ``lines`` show every step of the calculation."""

    id: str
    status: FeeIndicationStatus
    tariff: str | None
    headcount: int
    volumes: dict[str, dict[str, int]]
    yearly_total_ore: int | None
    lines: list[IndicatedFeeLine]
    refusal_code: str | None
    refusal_reason: str | None
    refusal_reason_sv: str | None
    requested_at: AwareDatetime
    answered_at: AwareDatetime | None

    @classmethod
    def of(cls, indication: FeeIndication) -> FeeIndicationOut:
        """The response for an indication."""
        return cls.model_validate(indication)


class SignLetter(RequestModel):
    """Who signs the letter of intent, by what mandate, and which text.

    With ``content_hash`` the signature is refused when the letter reads otherwise than the
    one you have read; without it, the letter is signed as it reads now.
    """

    name: Text
    title: Text
    mandate: Text | None = None
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class LetterSignatureOut(ResponseModel):
    """A signature under the letter of intent with the given hash.

    ``fell_at`` tells when the letter changed under it, so that it has to be given anew.
    """

    party: Party
    name: str
    title: str
    mandate: str | None
    content_hash: str | None
    signed_at: AwareDatetime
    fell_at: AwareDatetime | None


class CostComparisonOut(ResponseModel):
    """The fee in force against the baseline, a year: differences are cost less fee.

    ``direct_difference_ore`` leaves the overhead out, which does not go away by itself.
    """

    baseline_ore: int
    fee_ore: int
    difference_ore: int
    verdict: CostVerdict
    percent: Decimal | None
    direct_ore: int | None
    direct_difference_ore: int | None


class LetterMemberOut(ResponseModel):
    """Somebody whom a party has named, for one service area or for all of the case's."""

    role: str
    name: str
    deputy: str | None
    service_area: str | None


class LetterPlanOut(ResponseModel):
    """The preliminary plan."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None


class LetterOut(ResponseModel):
    """The letter of intent as it reads now, and who has signed it.

    ``content_hash`` is what a signature is bound to. ``fee_indication`` is the newest
    question to billing; when it is refused, its reason says what to supply.
    ``document_id`` leads to the kept PDF once both parties have signed.
    """

    reference: str
    org_number: str
    customer_name: str
    services: list[str]
    baseline: BaselineOut | None
    customer_staff: list[LetterMemberOut]
    centre_staff: list[LetterMemberOut]
    plan: LetterPlanOut | None
    fee_in_force: FeeIndicationOut | None
    fee_indication: FeeIndicationOut | None
    cost_comparison: CostComparisonOut | None
    content_hash: str
    signatures: list[LetterSignatureOut]
    fallen_signatures: list[LetterSignatureOut]
    signed: bool
    document_id: str | None

    @classmethod
    def of(cls, standing: LetterStanding) -> LetterOut:
        """The response for a letter."""
        gathered, letter = standing.gathered, standing.gathered.letter
        newest = gathered.fee_indications[-1] if gathered.fee_indications else None
        in_force, comparison = gathered.fee_in_force, gathered.cost_comparison
        return cls(
            reference=case_reference(standing.case.id, standing.case.opened_at),
            org_number=letter.org_number,
            customer_name=letter.customer_name,
            services=list(letter.services),
            baseline=BaselineOut.of(letter.baseline) if letter.baseline else None,
            customer_staff=[LetterMemberOut.model_validate(one) for one in letter.customer_staff],
            centre_staff=[LetterMemberOut.model_validate(one) for one in letter.centre_staff],
            plan=LetterPlanOut.model_validate(letter.plan) if letter.plan else None,
            fee_in_force=FeeIndicationOut.of(in_force) if in_force else None,
            fee_indication=FeeIndicationOut.of(newest) if newest else None,
            cost_comparison=CostComparisonOut.model_validate(comparison) if comparison else None,
            content_hash=gathered.letter_hash,
            signatures=_signatures(gathered.letter_signatures),
            fallen_signatures=_signatures(gathered.fallen_signatures),
            signed={one.party for one in gathered.letter_signatures} == set(Party),
            document_id=standing.document.id if standing.document else None,
        )


def _signatures(signatures: Sequence[LetterSignature]) -> list[LetterSignatureOut]:
    return [LetterSignatureOut.model_validate(one) for one in signatures]
