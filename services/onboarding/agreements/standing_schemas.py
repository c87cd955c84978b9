"""Agreements apart from their cases: standing, notices, delegations, counts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    LongText,
    PossiblyBlank,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Slug
from services.onboarding.agreements.document import PeriodTurn, RenewalKind
from services.onboarding.agreements.notice_service import TermsOfNotice
from services.onboarding.agreements.notices import NoticeStatus
from services.onboarding.agreements.schemas import AgreementSummary
from services.onboarding.agreements.signature_service import Signatory
from services.onboarding.agreements.standing_service import Counts, Standing
from services.onboarding.agreements.terms import ReminderKind


class GiveNotice(RequestModel):
    """Notice of services; of all of them when none is named."""

    services: Annotated[list[Slug], Field(default_factory=list, max_length=20)]
    last_day: Day | None = Field(default=None, description="Absent: the first that terms allow.")
    reason: LongText
    name: Text
    title: Text
    mandate: PossiblyBlank

    def signatory(self) -> Signatory:
        """Who gives notice, as the use case takes it."""
        return Signatory(self.name, self.title, self.mandate)


class RegisterDelegation(RequestModel):
    """A right to sign agreements, given by the head of your authority."""

    name: Text
    title: Text
    delegated_by: Text
    delegated_by_title: Text
    document: Text
    max_yearly_fee_ore: Annotated[int, Field(ge=0, le=10**15), AS_A_NUMBER] | None = Field(
        default=None, description="Absent: any amount."
    )
    valid_from: Day
    valid_until: Day | None = None


class DelegationOut(ResponseModel):
    """A registered delegation; ``party`` is centre, or an organisation number."""

    id: str
    party: str
    name: str
    title: str
    delegated_by: str
    delegated_by_title: str
    document: str
    max_yearly_fee_ore: int | None
    valid_from: date
    valid_until: date | None
    registered_at: AwareDatetime
    revoked_on: date | None


class NoticeOut(ResponseModel):
    """A notice, its last day, and what became of it.

    ``exit_id``: the exit that it opened; what it means to those who stay is shown there.
    """

    id: str
    party: str
    services: list[str]
    reason: str
    name: str
    title: str
    mandate: str
    given_on: date
    last_day: date
    status: NoticeStatus
    settled_on: date | None
    settled_by: str | None
    exit_id: str | None


class NoticesOut(ResponseModel):
    """Every notice of an agreement."""

    items: list[NoticeOut]


class NoticeTermsOut(ResponseModel):
    """What the agreement says of notice, reckoned for a day."""

    agreement_id: str
    months: int
    turn: PeriodTurn
    renewal: RenewalKind
    renewal_years: int
    valid_until: date
    first_last_day: date
    last_day_to_give_notice: date
    services: list[str]
    ending: dict[str, date]

    @classmethod
    def of(cls, terms: TermsOfNotice) -> NoticeTermsOut:
        """The response for terms of notice."""
        return cls(
            agreement_id=terms.agreement.id,
            months=terms.notice.months,
            turn=terms.notice.turn,
            renewal=terms.renewal.kind,
            renewal_years=terms.renewal.years,
            valid_until=terms.valid_until,
            first_last_day=terms.first_last_day,
            last_day_to_give_notice=terms.last_day_to_give_notice,
            services=list(terms.services),
            ending=dict(terms.ending),
        )


class ComingChange(ResponseModel):
    """A signed version that takes effect later."""

    version: int
    holds_from: date
    reason: str | None


class StandingOut(ResponseModel):
    """How an agreement stands on a day."""

    agreement_id: str
    case_id: str
    org_number: str
    customer_name: str
    form: str
    revision: int
    on: date
    in_force: AgreementSummary | None
    pending: AgreementSummary | None
    coming: list[ComingChange]
    valid_until: date
    renewal: RenewalKind
    review_on: date
    ends_on: date | None
    end_reason: str | None
    service_last_days: dict[str, date]
    notices: list[NoticeOut]

    @classmethod
    def of(cls, standing: Standing) -> StandingOut:
        """The response for a standing."""
        agreement, content = standing.agreement, standing.newest.content
        ending = agreement.ending
        return cls(
            agreement_id=agreement.id,
            case_id=agreement.case_id,
            org_number=agreement.org_number,
            customer_name=content.customer.name,
            form=content.form,
            revision=agreement.revision,
            on=standing.on,
            in_force=AgreementSummary.of(standing.in_force) if standing.in_force else None,
            pending=AgreementSummary.of(standing.pending) if standing.pending else None,
            coming=[
                ComingChange(
                    version=version.version,
                    holds_from=version.content.holds_from,
                    reason=version.content.change_reason,
                )
                for version in standing.coming
            ],
            valid_until=content.valid_until,
            renewal=content.renewal.kind,
            review_on=content.review_on,
            ends_on=ending.last_day if ending else None,
            end_reason=ending.reason.value if ending else None,
            service_last_days=dict(standing.service_ends),
            notices=[NoticeOut.model_validate(notice) for notice in standing.notices],
        )


class ReminderOut(ResponseModel):
    """A reminder; ``fell_due_at`` is null while it is still to come."""

    kind: ReminderKind
    subject_on: date
    due_on: date
    about: str
    fell_due_at: AwareDatetime | None


class RemindersOut(ResponseModel):
    """The reminders of an agreement, those that fell due first."""

    items: list[ReminderOut]


class CustomerCount(ResponseModel):
    """How many deviations a customer has."""

    org_number: str
    customer_name: str
    gap_deviations: int
    clause_deviations: int


class SubjectCount(ResponseModel):
    """How many agreements deviate in a clause, or in an activity of the delivery."""

    part: str
    subject: str
    agreements: int


class CountsOut(ResponseModel):
    """Deviations that hold on a day, counted."""

    on: date
    gap_deviations: int
    clause_deviations: int
    customers: list[CustomerCount]
    clauses: list[SubjectCount]
    activities: list[SubjectCount]

    @classmethod
    def of(cls, counts: Counts) -> CountsOut:
        """The response for counts."""
        names = {org_number: name for org_number, name, _, _ in counts.customers}
        found = {(org_number, kind): count for org_number, _, kind, count in counts.customers}

        def subjects(kind: str) -> list[SubjectCount]:
            return [
                SubjectCount(part=part, subject=subject, agreements=count)
                for own, part, subject, count in counts.subjects
                if own == kind
            ]

        return cls(
            on=counts.on,
            gap_deviations=sum(n for (_, kind), n in found.items() if kind == "gap"),
            clause_deviations=sum(n for (_, kind), n in found.items() if kind == "clause"),
            customers=[
                CustomerCount(
                    org_number=org_number,
                    customer_name=name,
                    gap_deviations=found.get((org_number, "gap"), 0),
                    clause_deviations=found.get((org_number, "clause"), 0),
                )
                for org_number, name in names.items()
            ],
            clauses=subjects("clause"),
            activities=subjects("gap"),
        )
