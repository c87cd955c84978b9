"""Agreements in requests and responses."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import AS_A_NUMBER, Day, RequestModel, ResponseModel, Text
from services.contracts.values import Slug
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.agreements.domain import AgreementTerms, AgreementVersion
from services.onboarding.parties import Party


class AgreementStatus(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    SIGNED_BY_ONE = "signed_by_one"
    SIGNED = "signed"


class DraftAgreement(RequestModel):
    """What the parties choose; the rest is the standard and what they have decided."""

    valid_from: Day
    years: Annotated[int, Field(ge=1, le=10), AS_A_NUMBER] = 3
    collaboration_template: Slug
    stabilisation_periods: Annotated[int, Field(ge=1, le=12), AS_A_NUMBER] = 3

    def terms(self) -> AgreementTerms:
        """The terms as the domain has them."""
        return AgreementTerms(self.valid_from, self.years, self.stabilisation_periods)


class SignAgreement(RequestModel):
    """Who signs, by what mandate, and which text: the hash the agreement shows."""

    name: Text
    title: Text
    mandate: Text
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SignatureOut(ResponseModel):
    """A party's signature under a version."""

    party: Party
    name: str
    title: str
    mandate: str
    content_hash: str
    signed_at: AwareDatetime


class AgreementSummary(ResponseModel):
    """A version in short."""

    agreement_id: str
    version: int
    status: AgreementStatus
    content_hash: str
    valid_from: date
    valid_until: date
    yearly_fee_ore: int
    deviations: int
    drafted_at: AwareDatetime
    signed_on: date | None
    signatures: list[SignatureOut]

    @classmethod
    def of(cls, version: AgreementVersion) -> AgreementSummary:
        """The summary of a version."""
        content = version.content
        return cls(
            agreement_id=version.agreement_id,
            version=version.version,
            status=_status(version),
            content_hash=version.content_hash,
            valid_from=content.valid_from,
            valid_until=content.valid_until,
            yearly_fee_ore=content.yearly_fee_ore,
            deviations=len(content.deviations),
            drafted_at=version.drafted_at,
            signed_on=version.signed_on,
            signatures=[SignatureOut.model_validate(signed) for signed in version.signatures],
        )


class AgreementOut(AgreementSummary):
    """A version with its whole content.

    The hash is over the content's canonical JSON: UTF-8, keys sorted, no spaces.
    """

    content: AgreementContent

    @classmethod
    def of(cls, version: AgreementVersion) -> AgreementOut:
        """The response for a version."""
        summary = AgreementSummary.of(version)
        return cls(**dict(summary), content=version.content)


def _status(version: AgreementVersion) -> AgreementStatus:
    if version.is_signed:
        return AgreementStatus.SIGNED
    return AgreementStatus.SIGNED_BY_ONE if version.signatures else AgreementStatus.DRAFT
