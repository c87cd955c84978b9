"""The agreement's annexes: matrix, deviations, levels and fees, names, personal data, forums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from services.contracts.values import FeeItem, Responsibility, ServiceLevel, SignedService
from services.onboarding.agreements.document import (
    ActivityName,
    CollaborationAnnex,
    DataProcessing,
    Deviation,
    ExcludedActivity,
    ServiceData,
    ServiceDescription,
    SubProcessor,
    SwedishName,
)
from services.onboarding.agreements.standard import (
    AgreementStandard,
    CollaborationTemplate,
    Wording,
)
from services.onboarding.catalogue.domain import CatalogueService
from services.onboarding.gap_analysis.domain import ActivityRef, Comparison, Resolution, deviations
from services.onboarding.letter_of_intent.domain import FeeIndication


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


def deviation_list(
    comparisons: Collection[Comparison],
    valid_until: date,
    resolutions_sv: Mapping[str, str],
) -> tuple[Deviation, ...]:
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
                resolution_sv=resolutions_sv.get(decision.resolution.value, ""),
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
    return tuple(signed_service(service, tuple(items.get(service.key, ()))) for service in services)


def signed_service(service: CatalogueService, items: tuple[FeeItem, ...]) -> SignedService:
    """A service of the catalogue as an agreement has it, at the given fee."""
    return SignedService(
        service=service.key,
        service_area=service.service_area,
        name=service.name,
        name_sv=service.name_sv,
        levels=tuple(
            # The catalogue's measures say more than a level does; that is in an annex.
            ServiceLevel.model_validate(level.model_dump(include=set(ServiceLevel.model_fields)))
            for level in service.levels
        ),
        fee_items=items,
    )


def activity_names(services: Iterable[CatalogueService]) -> tuple[ActivityName, ...]:
    """What the activities of services are called."""
    return tuple(
        ActivityName(
            service=service.key,
            activity=activity.key,
            name=activity.name,
            name_sv=activity.name_sv,
        )
        for service in services
        for activity in service.activities
    )


def service_descriptions(services: Iterable[CatalogueService]) -> tuple[ServiceDescription, ...]:
    """The standard delivery of services in words."""
    return tuple(
        ServiceDescription(service=service.key, text_sv=service.standard_delivery_sv)
        for service in services
    )


def measures(services: Iterable[CatalogueService]) -> tuple[SwedishName, ...]:
    """What each level of services measures, in words."""
    return tuple(
        SwedishName(key=level.key, name_sv=level.measured_sv)
        for service in services
        for level in service.levels
    )


def fee_names(
    services: Iterable[SignedService], wording: Wording
) -> tuple[tuple[SwedishName, ...], tuple[SwedishName, ...]]:
    """Swedish names of the fee items, and of the units that services are charged in."""
    items = [item for service in services for item in service.fee_items]
    called = {item.key: item.name_sv or item.name for item in items}
    return names_of(called, {item.unit for item in items}, wording)


def names_of(
    items: Mapping[str, str], units: Iterable[str], wording: Wording
) -> tuple[tuple[SwedishName, ...], tuple[SwedishName, ...]]:
    """Swedish names of fee items, given with the names they carry themselves, and of units.

    What the wording does not name keeps its own name.
    """
    known_items = {entry.key: entry.name_sv for entry in wording.fee_items}
    known_units = {entry.key: entry.name_sv for entry in wording.units}
    return (
        tuple(
            SwedishName(key=key, name_sv=known_items.get(key, name))
            for key, name in sorted(items.items())
        ),
        tuple(SwedishName(key=unit, name_sv=known_units.get(unit, unit)) for unit in sorted(units)),
    )


def yearly_fee_ore(services: Iterable[SignedService]) -> int:
    """The yearly fee in öre: quantity times price of every item."""
    return sum(
        item.unit_price_ore * item.yearly_quantity
        for service in services
        for item in service.fee_items
    )


def data_processing(
    standard: AgreementStandard,
    customer: str,
    services: Iterable[str],
    sub_processors: tuple[SubProcessor, ...] | None,
) -> DataProcessing:
    """The data-processing agreement for the services (article 28.3 GDPR)."""
    terms = standard.data_processing
    names = {"customer": customer, "centre": standard.centre_name}

    def told(text: str) -> str:
        return text.format_map(names)

    known = {entry.service: entry for entry in terms.data}
    entries = [
        known.get(key, terms.data_of_any_service.model_copy(update={"service": key}))
        for key in services
    ]
    return DataProcessing(
        controller=customer,
        processor=standard.centre_name,
        subject=told(terms.subject),
        duration=told(terms.duration),
        nature_and_purpose=told(terms.nature_and_purpose),
        data=tuple(
            ServiceData(
                service=entry.service,
                data_subjects=tuple(told(text) for text in entry.data_subjects),
                kinds=tuple(told(text) for text in entry.kinds),
                special_categories=tuple(told(text) for text in entry.special_categories),
            )
            for entry in entries
        ),
        instructions=tuple(told(text) for text in terms.instructions),
        security_measures=tuple(told(text) for text in terms.security_measures),
        staff=told(terms.staff),
        sub_processors=terms.sub_processors if sub_processors is None else sub_processors,
        sub_processor_rule=told(terms.sub_processor_rule),
        transfers=told(terms.transfers),
        assistance=told(terms.assistance),
        breach_notice=told(terms.breach_notice),
        audits=told(terms.audits),
        at_the_end=told(terms.at_the_end),
    )


def collaboration(template: CollaborationTemplate) -> CollaborationAnnex:
    """The annex that describes the chosen collaboration model."""
    return CollaborationAnnex(
        name_sv=template.name_sv,
        purpose_sv=template.purpose_sv,
        escalation_sv=template.escalation_sv,
        forums=template.descriptions,
    )
