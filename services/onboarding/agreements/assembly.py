"""Putting an agreement together: the standard's clauses, the decided gaps, the fee."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.contracts.values import CreditTerms
from services.onboarding.agreements import annexes
from services.onboarding.agreements.document import (
    AgreementContent,
    AgreementParty,
    Clause,
    ClauseDeviation,
    Customer,
    Part,
    PartyRole,
    RenewalKind,
    RenewalTerms,
    SubProcessor,
)
from services.onboarding.agreements.standard import (
    AgreementStandard,
    CollaborationTemplate,
    Wording,
)
from services.onboarding.agreements.terms import last_day, months_before
from services.onboarding.agreements.texts import placeholders
from services.onboarding.catalogue.domain import CatalogueService
from services.onboarding.gap_analysis.domain import Comparison
from services.onboarding.letter_of_intent.domain import FeeIndication
from services.onboarding.parties import Party


@dataclass(frozen=True)
class AgreementTerms:
    """What the parties choose when a version is drafted; ``years`` is 1 to 10.

    ``sub_processors`` and ``credit_terms`` replace those of the standard; None keeps them.
    """

    valid_from: date
    years: int
    stabilisation_periods: int
    renewal: RenewalKind = RenewalKind.RENEGOTIATED
    sub_processors: tuple[SubProcessor, ...] | None = None
    credit_terms: CreditTerms | None = None


@dataclass(frozen=True)
class AgreementSubject:
    """Which agreement a draft is a version of, and whose it is."""

    agreement_id: str
    case_id: str
    version: int
    org_number: str
    customer_name: str
    part_of_state: bool
    further_parties: tuple[AgreementParty, ...] = ()
    amends_version: int | None = None


@dataclass(frozen=True)
class ClauseWording:
    """A party's own wording of a clause, to stand instead of the standard's."""

    clause: str
    text: str
    reason: str
    owner: Party
    ends_on: date
    decided_by: str
    mandate: str


def assemble(
    subject: AgreementSubject,
    terms: AgreementTerms,
    standard: AgreementStandard,
    template: CollaborationTemplate,
    services: Sequence[CatalogueService],
    comparisons: Collection[Comparison],
    fee: FeeIndication,
    wording: Wording,
    clauses: Sequence[ClauseWording] = (),
) -> AgreementContent:
    """The agreement: the standard, the decided deviations, the indicated fee.

    Raises:
        ValueError: the fee indication carries no answer, or a deviation is not priced.
    """
    if fee.tariff is None or fee.yearly_total_ore is None:
        raise ValueError("the fee indication is not answered")
    valid_until = last_day(terms.valid_from, terms.years)
    responsibilities, excluded = annexes.matrix(services, comparisons)
    signed = annexes.signed_services(services, fee)
    fee_item_names, unit_names = annexes.fee_names(signed, wording)
    parties = _parties(subject, standard.centre_name)
    in_state = all(party.part_of_state for party in parties)
    content = AgreementContent(
        agreement_id=subject.agreement_id,
        case_id=subject.case_id,
        version=subject.version,
        form=standard.form.state_agency if in_state else standard.form.other_party,
        standard_version=standard.version,
        customer=Customer(org_number=subject.org_number, name=subject.customer_name),
        centre_name=standard.centre_name,
        parties=parties,
        valid_from=terms.valid_from,
        valid_until=valid_until,
        review_on=months_before(valid_until, standard.review_months_before_end),
        amends_version=subject.amends_version,
        renewal=RenewalTerms(kind=terms.renewal, years=terms.years),
        notice=standard.notice,
        change_windows=standard.change_windows,
        tariff=fee.tariff,
        yearly_fee_ore=fee.yearly_total_ore,
        true_up_days=standard.true_up_days,
        services=signed,
        service_descriptions=annexes.service_descriptions(services),
        measures=annexes.measures(services),
        responsibilities=responsibilities,
        excluded_activities=excluded,
        activity_names=annexes.activity_names(services),
        fee_item_names=fee_item_names,
        unit_names=unit_names,
        deviations=annexes.deviation_list(comparisons, valid_until, wording.resolutions),
        service_hours=standard.service_hours,
        credit_terms=terms.credit_terms or standard.credit_terms,
        data_processing=annexes.data_processing(
            standard,
            subject.customer_name,
            [service.key for service in services],
            terms.sub_processors,
        ),
        collaboration_template=template.key,
        collaboration=annexes.collaboration(template),
        forums=template.forums,
        stabilisation_periods=terms.stabilisation_periods,
        parts=(),
    )
    return with_clauses(content, standard, clauses)


def with_clauses(
    content: AgreementContent, standard: AgreementStandard, clauses: Sequence[ClauseWording]
) -> AgreementContent:
    """The agreement with its text: the standard's clauses, or the parties' own words.

    A wording of a clause that the standard does not have is left out.
    """
    names = placeholders(content, standard)
    own = {wording.clause: wording for wording in clauses}
    parts: list[Part] = []
    found: list[ClauseDeviation] = []
    for part in standard.parts:
        held: list[Clause] = []
        for clause in part.clauses:
            text = clause.text.format_map(names)
            wording = own.get(clause.key)
            held.append(
                Clause(
                    key=clause.key,
                    text=wording.text if wording else text,
                    deviates=wording is not None,
                )
            )
            if wording is not None:
                found.append(_clause_deviation(part, text, wording, content.valid_until))
        parts.append(Part(key=part.key, heading=part.heading, clauses=tuple(held)))
    return content.model_copy(update={"parts": tuple(parts), "clause_deviations": tuple(found)})


def wordings_of(content: AgreementContent) -> tuple[ClauseWording, ...]:
    """The parties' own wordings as an agreement has them, to draft its next version with."""
    return tuple(
        ClauseWording(
            clause=deviation.clause,
            text=deviation.text,
            reason=deviation.reason,
            owner=Party(deviation.owner),
            ends_on=deviation.ends_on,
            decided_by=deviation.decided_by,
            mandate=deviation.mandate,
        )
        for deviation in content.clause_deviations
    )


def _clause_deviation(
    part: Part, standard_text: str, wording: ClauseWording, valid_until: date
) -> ClauseDeviation:
    return ClauseDeviation(
        part=part.key,
        clause=wording.clause,
        standard_text=standard_text,
        text=wording.text,
        reason=wording.reason,
        owner=wording.owner.value,
        ends_on=min(wording.ends_on, valid_until),
        decided_by=wording.decided_by,
        mandate=wording.mandate,
    )


def _parties(subject: AgreementSubject, centre_name: str) -> tuple[AgreementParty, ...]:
    customer = AgreementParty(
        role=PartyRole.CUSTOMER,
        name=subject.customer_name,
        org_number=subject.org_number,
        part_of_state=subject.part_of_state,
    )
    centre = AgreementParty(role=PartyRole.CENTRE, name=centre_name)
    return (customer, *subject.further_parties, centre)
