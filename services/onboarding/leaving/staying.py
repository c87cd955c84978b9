"""Use case: reckon what an exit does to those who stay, from the agreements in force."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import SignedService
from services.onboarding.agreements import calendar_repository
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.document import AgreementContent
from services.onboarding.cases.service import today
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.leaving import repository
from services.onboarding.leaving.effects import (
    CustomerOfService,
    ServiceEffect,
    effect_on_service,
)
from services.onboarding.leaving.rules import exit_rules


async def effects_of(
    uow: UnitOfWork, org_number: str, content: AgreementContent, services: Sequence[str]
) -> tuple[ServiceEffect, ...]:
    """What it means for each service and each customer in it that one of them leaves.

    Args:
        org_number: the one who leaves.
        content: its agreement in force.
        services: those it leaves.
    """
    day = today(uow)
    staying: dict[str, list[CustomerOfService]] = {service: [] for service in services}
    for other in await repository.customers_of(uow.session, services):
        if other == org_number:
            continue
        live = set(await repository.live_services(uow.session, other))
        for version in await agreements.in_force_with(uow.session, other, day):
            ends = await calendar_repository.service_ends(uow.session, version.agreement_id)
            for entry in version.content.services:
                goes_on = entry.service in live and entry.service not in ends
                if entry.service in staying and goes_on:
                    name = version.content.customer.name
                    staying[entry.service].append(_customer(uow, other, name, entry))
                    live.discard(entry.service)
    own = {entry.service: entry for entry in content.services}
    return tuple(
        effect_on_service(
            service,
            _unit(uow, service),
            _customer(uow, org_number, content.customer.name, own[service]),
            staying[service],
            exit_rules().terms.of(service),
        )
        for service in services
    )


def _customer(
    uow: UnitOfWork, org_number: str, name: str, entry: SignedService
) -> CustomerOfService:
    unit = _unit(uow, entry.service)
    return CustomerOfService(
        org_number=org_number,
        name=name,
        yearly_fee_ore=sum(item.unit_price_ore * item.yearly_quantity for item in entry.fee_items),
        yearly_units=sum(item.yearly_quantity for item in entry.fee_items if item.unit == unit),
    )


def _unit(uow: UnitOfWork, service: str) -> str:
    """The unit that a service is first of all counted in; nothing for one no longer offered."""
    try:
        offered = catalogue_in_force(today(uow)).service(service)
    except KeyError:
        return ""
    return offered.volume_units.required[0]
