"""Agreements in a case: drafts, clauses, signatures and their answers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    PossiblyBlank,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import OrgNumber, Slug
from services.onboarding.agreements.assembly import AgreementTerms, ClauseWording
from services.onboarding.agreements.checks import Finding
from services.onboarding.agreements.data import credit_table, standard_in_force
from services.onboarding.agreements.differences import Difference, Kind, in_words
from services.onboarding.agreements.document import (
    AgreementContent,
    PartyRole,
    RenewalKind,
    SubProcessor,
)
from services.onboarding.agreements.domain import AgreementVersion, VersionOrigin
from services.onboarding.agreements.service import Choices
from services.onboarding.agreements.signature_service import Signatory
from services.onboarding.parties import Party

ContentHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class AgreementStatus(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    SIGNED_BY_ONE = "signed_by_one"
    SIGNED_BY_SOME = "signed_by_some"
    SIGNED = "signed"


class SubProcessorIn(RequestModel):
    """Somebody who processes the customer's personal data for the centre."""

    name: Text
    task: Text
    country: Text


class FurtherPartyIn(RequestModel):
    """An agency that takes part in the agreement beside the customer and the centre."""

    org_number: OrgNumber


class DraftAgreement(RequestModel):
    """What the parties choose; the rest is the standard and what they have decided."""

    valid_from: Day
    years: Annotated[int, Field(ge=1, le=10), AS_A_NUMBER] | None = Field(
        default=None, description="Absent: 3, or 5 with automatic renewal."
    )
    renewal: RenewalKind = RenewalKind.RENEGOTIATED
    collaboration_template: Slug
    stabilisation_periods: Annotated[int, Field(ge=1, le=12), AS_A_NUMBER] = 3
    further_parties: Annotated[list[FurtherPartyIn], Field(default_factory=list, max_length=20)]
    sub_processors: Annotated[list[SubProcessorIn], Field(max_length=20)] | None = Field(
        default=None, description="Absent: those of the standard."
    )
    credit_table: Slug | None = Field(
        default=None, description="A table of compensation; absent: that of the standard."
    )
    joins_agreement: (
        Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
        | None
    ) = Field(
        default=None,
        description=(
            "A signed agreement of the customer that takes the case's services in from"
            " valid_from; its own terms and parties stay."
        ),
    )

    def choices(self) -> Choices:
        """The choices as the use case takes them."""
        processors = self.sub_processors
        return Choices(
            terms=AgreementTerms(
                valid_from=self.valid_from,
                years=self.years or getattr(standard_in_force().renewal_years, self.renewal.value),
                stabilisation_periods=self.stabilisation_periods,
                renewal=self.renewal,
                sub_processors=None
                if processors is None
                else tuple(SubProcessor(**dict(one)) for one in processors),
                credit_terms=credit_table(self.credit_table).terms if self.credit_table else None,
            ),
            template=self.collaboration_template,
            further_parties=tuple(party.org_number for party in self.further_parties),
            joins=self.joins_agreement,
        )


class WordClause(RequestModel):
    """The parties' own wording of a clause: why, whose, until when, by whose decision."""

    clause: Slug
    text: LongText
    reason: LongText
    owner: Party
    ends_on: Day
    decided_by: Text
    mandate: Text

    def wording(self) -> ClauseWording:
        """The wording as the use case takes it."""
        return ClauseWording(**dict(self))


class SignAgreement(RequestModel):
    """Who signs, by what mandate, and which text: the hash the agreement shows.

    A head of authority signs by office; others need a delegation that the head has given
    and that is registered at ``/delegations`` under the same name and title.
    """

    name: Text
    title: Text
    mandate: PossiblyBlank
    content_hash: ContentHash

    def signatory(self) -> Signatory:
        """Who signs, as the use case takes it."""
        return Signatory(self.name, self.title, self.mandate)


class SignatureOut(ResponseModel):
    """A party's decision on a version; without a delegation it was signed by office."""

    party: str = Field(description="customer, centre or a further party's organisation number.")
    name: str
    title: str
    mandate: str
    content_hash: str
    signed_at: AwareDatetime
    delegation_id: str | None


class PartyOut(ResponseModel):
    """A party, and whether it has decided on this very text."""

    role: PartyRole
    name: str
    org_number: str | None
    decided: bool


class UrgencyOut(ResponseModel):
    """Why a party wants a version outside the agreed windows."""

    party: str
    reason: str
    stated_at: AwareDatetime


class AgreementSummary(ResponseModel):
    """A version in short."""

    agreement_id: str
    version: int
    origin: VersionOrigin
    status: AgreementStatus
    content_hash: str
    form: str
    standard_version: str
    valid_from: date
    valid_until: date
    amends_version: int | None
    holds_from: date
    change_reason: str | None
    yearly_fee_ore: int
    deviations: int
    clause_deviations: int
    drafted_at: AwareDatetime
    signed_on: date | None
    parties: list[PartyOut]
    signatures: list[SignatureOut]
    outside_window: bool
    urgency: list[UrgencyOut]

    @classmethod
    def of(cls, version: AgreementVersion) -> AgreementSummary:
        """The summary of a version."""
        return cls(**_summary(version))


class _AsSigned:
    """A JSON object described as the agreement's content and shown to the letter.

    Reading it into the model and writing it out again would add the fields that have come
    since it was signed, and the hash would no longer be that of what is shown.
    """

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(AgreementContent.__pydantic_core_schema__)


class AgreementOut(AgreementSummary):
    """A version with its whole content.

    The hash is over the content's canonical JSON: UTF-8, keys sorted, no spaces.
    """

    content: Annotated[dict[str, Any], _AsSigned()]

    @classmethod
    def of(cls, version: AgreementVersion) -> AgreementOut:
        """The response for a version."""
        return cls(**_summary(version), content=dict(version.document))


class VersionsOut(ResponseModel):
    """Every version of an agreement, from the first."""

    items: list[AgreementSummary]


class FindingOut(ResponseModel):
    """One thing that keeps a text from being an agreement, and the law where there is one."""

    code: str
    subject: str
    text: str
    law: str | None


class CheckOut(ResponseModel):
    """What the check says of a version."""

    version: int
    content_hash: str
    sound: bool
    findings: list[FindingOut]

    @classmethod
    def of(cls, version: AgreementVersion, found: tuple[Finding, ...]) -> CheckOut:
        """The response for what was found."""
        return cls(
            version=version.version,
            content_hash=version.content_hash,
            sound=not found,
            findings=[FindingOut.model_validate(one) for one in found],
        )


class FieldChangeOut(ResponseModel):
    """A field before and after; null where it is not there."""

    field: str
    old: Any
    new: Any


class DifferenceOut(ResponseModel):
    """A clause, level, fee, matrix row, deviation or the like that differs."""

    section: str
    item: str
    kind: Kind
    fields: list[FieldChangeOut]
    text_sv: str


class DifferencesOut(ResponseModel):
    """What differs from one version to another, as data and as Swedish text."""

    old_version: int
    new_version: int
    items: list[DifferenceOut]
    text_sv: str

    @classmethod
    def of(cls, old: int, new: int, found: tuple[Difference, ...]) -> DifferencesOut:
        """The response for what differs."""
        return cls(
            old_version=old,
            new_version=new,
            items=[DifferenceOut.model_validate(one) for one in found],
            text_sv=in_words(found),
        )


class ClauseWordingOut(ResponseModel):
    """A clause that the drafts of a case word differently from the standard."""

    clause: str
    text: str
    reason: str
    owner: Party
    ends_on: date
    decided_by: str
    mandate: str


class WordedOut(ResponseModel):
    """A wording, and the version that was redrafted with it where there was a draft."""

    wording: ClauseWordingOut | None
    redrafted: AgreementSummary | None


class WordingsOut(ResponseModel):
    """The own wordings of a case's drafts: at most one for each clause of the standard."""

    items: list[ClauseWordingOut]


def _summary(version: AgreementVersion) -> dict[str, Any]:
    content = version.content
    return {
        "agreement_id": version.agreement_id,
        "version": version.version,
        "origin": version.origin,
        "status": _status(version),
        "content_hash": version.content_hash,
        "form": content.form,
        "standard_version": content.standard_version,
        "valid_from": content.valid_from,
        "valid_until": content.valid_until,
        "amends_version": content.amends_version,
        "holds_from": content.holds_from,
        "change_reason": content.change_reason,
        "yearly_fee_ore": content.yearly_fee_ore,
        "deviations": len(content.deviations),
        "clause_deviations": len(content.clause_deviations),
        "drafted_at": version.drafted_at,
        "signed_on": version.signed_on,
        "parties": [
            PartyOut(
                role=party.role,
                name=party.name,
                org_number=party.org_number,
                decided=party.key in version.decided_by,
            )
            for party in content.all_parties
        ],
        "signatures": [SignatureOut.model_validate(signed) for signed in version.signatures],
        "outside_window": version.outside_window,
        "urgency": [UrgencyOut.model_validate(stated) for stated in version.urgency],
    }


def _status(version: AgreementVersion) -> AgreementStatus:
    if version.is_signed:
        return AgreementStatus.SIGNED
    if len(version.decided_by) > 1:
        return AgreementStatus.SIGNED_BY_SOME
    return AgreementStatus.SIGNED_BY_ONE if version.decided_by else AgreementStatus.DRAFT
