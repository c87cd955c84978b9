"""Phase 3: the agreement as one document of data and text (DOMAIN.md section 4).

Levels, fees and matrix in the signed text and in the running system are the same data:
what is hashed and signed here is what billing and collab_model are given to run on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.contracts.values import FeeItem, Responsibility, SignedService
from services.onboarding.agreements.document import (
    AgreementContent,
    AgreementStandard,
    CollaborationTemplate,
    Customer,
    Deviation,
    ExcludedActivity,
    Part,
)
from services.onboarding.catalogue.domain import CatalogueService
from services.onboarding.gap_analysis.domain import ActivityRef, Comparison, Resolution, deviations
from services.onboarding.letter_of_intent.domain import FeeIndication
from services.onboarding.parties import Party


@dataclass(frozen=True)
class AgreementTerms:
    """What the parties choose when a version is drafted; ``years`` is 1 to 10."""

    valid_from: date
    years: int
    stabilisation_periods: int


@dataclass(frozen=True)
class AgreementSubject:
    """Which agreement a draft is a version of, and whose it is."""

    agreement_id: str
    case_id: str
    version: int
    org_number: str
    customer_name: str
    part_of_state: bool


@dataclass(frozen=True)
class AgreementSignature:
    """A party's signature under the text with the given hash."""

    party: Party
    name: str
    title: str
    mandate: str
    content_hash: str
    signed_at: datetime


@dataclass(frozen=True)
class AgreementVersion:
    """A drafted version with the signatures it has."""

    id: str
    agreement_id: str
    case_id: str
    version: int
    document: Mapping[str, Any]
    content_hash: str
    drafted_at: datetime
    signed_on: date | None
    signatures: tuple[AgreementSignature, ...]

    @property
    def signed_by(self) -> frozenset[Party]:
        """The parties that have signed exactly this text."""
        return frozenset(
            signature.party
            for signature in self.signatures
            if signature.content_hash == self.content_hash
        )

    @property
    def is_signed(self) -> bool:
        """Whether both parties have signed: two identical decisions make a joint one."""
        return self.signed_by == frozenset(Party)

    @property
    def content(self) -> AgreementContent:
        """The document as a typed value."""
        return AgreementContent.model_validate(self.document)


def canonical_json(document: Mapping[str, Any]) -> str:
    """A document as text that is the same wherever it is made: keys sorted, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(document: Mapping[str, Any]) -> str:
    """The SHA-256 of a document's canonical JSON in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def last_day(valid_from: date, years: int) -> date:
    """The last day of an agreement that holds for whole years."""
    return _same_day(valid_from, valid_from.year + years) - timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """The first of the month that lies the given number of months before a day's month."""
    ordinal = day.year * 12 + day.month - 1 - months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def matrix(
    services: Sequence[CatalogueService], comparisons: Collection[Comparison]
) -> tuple[tuple[Responsibility, ...], tuple[ExcludedActivity, ...]]:
    """The responsibility matrix after the gap decisions, and what is left out of it.

    An activity that stays with the customer is the customer's alone; one that is out of
    scope is no part of the delivery; every other keeps the standard's party.
    """
    decided = {item.ref: item.decision.resolution for item in comparisons if item.decision}
    rows: list[Responsibility] = []
    excluded: list[ExcludedActivity] = []
    for service in services:
        for activity in service.activities:
            resolution = decided.get(ActivityRef(service.key, activity.key))
            row = service.responsibility(activity)
            if resolution is Resolution.OUT_OF_SCOPE:
                excluded.append(ExcludedActivity(service=service.key, activity=activity.key))
            elif resolution is Resolution.STAYS_WITH_CUSTOMER:
                rows.append(
                    row.model_copy(update={"accountable": "customer", "contributes": "none"})
                )
            else:
                rows.append(row)
    return tuple(rows), tuple(excluded)


def deviation_list(comparisons: Collection[Comparison], valid_until: date) -> tuple[Deviation, ...]:
    """Every decided departure from the standard; it ends with the agreement at the latest.

    Raises:
        ValueError: a deviation has no price or effort; the gap analysis gate asks for them.
    """
    found: list[Deviation] = []
    for item in sorted(deviations(comparisons), key=lambda entry: entry.ref):
        decision = item.decision
        if decision is None or decision.effort_hours is None or decision.price_ore is None:
            raise ValueError(f"the deviation in {item.ref} is not priced")
        found.append(
            Deviation(
                service=item.ref.service,
                activity=item.ref.activity,
                resolution=decision.resolution.value,
                customer_way=item.customer_way,
                reason=decision.reason,
                owner=decision.resolution.owner.value,
                ends_on=min(decision.until or valid_until, valid_until),
                effort_hours=decision.effort_hours,
                price_ore=decision.price_ore,
                decided_by=decision.decided_by,
                mandate=decision.mandate,
            )
        )
    return tuple(found)


def signed_services(
    services: Sequence[CatalogueService], fee: FeeIndication
) -> tuple[SignedService, ...]:
    """The services with their levels and the fee items that billing computed for each."""
    items: dict[str, list[FeeItem]] = {}
    for line in fee.lines:
        items.setdefault(line.service, []).append(line.item)
    return tuple(
        SignedService(
            service=service.key,
            service_area=service.service_area,
            name=service.name,
            name_sv=service.name_sv,
            levels=service.levels,
            fee_items=tuple(items.get(service.key, ())),
        )
        for service in services
    )


def assemble(
    subject: AgreementSubject,
    terms: AgreementTerms,
    standard: AgreementStandard,
    template: CollaborationTemplate,
    services: Sequence[CatalogueService],
    comparisons: Collection[Comparison],
    fee: FeeIndication,
) -> AgreementContent:
    """The agreement: the standard, the decided deviations, the indicated fee.

    Raises:
        ValueError: the fee indication carries no answer, or a deviation is not priced.
    """
    if fee.tariff is None or fee.yearly_total_ore is None:
        raise ValueError("the fee indication is not answered")
    valid_until = last_day(terms.valid_from, terms.years)
    responsibilities, excluded = matrix(services, comparisons)
    form = standard.form.state_agency if subject.part_of_state else standard.form.other_party
    content = AgreementContent(
        agreement_id=subject.agreement_id,
        case_id=subject.case_id,
        version=subject.version,
        form=form,
        standard_version=standard.version,
        customer=Customer(org_number=subject.org_number, name=subject.customer_name),
        centre_name=standard.centre_name,
        valid_from=terms.valid_from,
        valid_until=valid_until,
        review_on=months_before(valid_until, standard.review_months_before_end),
        tariff=fee.tariff,
        yearly_fee_ore=fee.yearly_total_ore,
        true_up_days=standard.true_up_days,
        services=signed_services(services, fee),
        responsibilities=responsibilities,
        excluded_activities=excluded,
        deviations=deviation_list(comparisons, valid_until),
        service_hours=standard.service_hours,
        credit_terms=standard.credit_terms,
        collaboration_template=template.key,
        forums=template.forums,
        stabilisation_periods=terms.stabilisation_periods,
        parts=standard.parts,
    )
    return content.model_copy(update={"parts": _texts(content, terms, template)})


def _texts(
    content: AgreementContent, terms: AgreementTerms, template: CollaborationTemplate
) -> tuple[Part, ...]:
    names = {
        "form": content.form,
        "customer": content.customer.name,
        "centre": content.centre_name,
        "valid_from": content.valid_from.isoformat(),
        "valid_until": content.valid_until.isoformat(),
        "review_on": content.review_on.isoformat(),
        "percent_per_breach": _swedish(str(content.credit_terms.percent_per_breach)),
        "monthly_cap_percent": _swedish(str(content.credit_terms.monthly_cap_percent)),
        "opens": f"{content.service_hours.opens:%H.%M}",
        "closes": f"{content.service_hours.closes:%H.%M}",
        "half_day_closes": f"{content.service_hours.half_day_closes:%H.%M}",
        "template": template.name_sv,
        "tariff": content.tariff,
        "periods": str(content.stabilisation_periods),
        "years": str(terms.years),
    }
    return tuple(
        part.model_copy(update={"text": part.text.format_map(names)}) for part in content.parts
    )


def _swedish(number: str) -> str:
    return number.replace(".", ",")


def _same_day(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes 1 March where it is missing."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
