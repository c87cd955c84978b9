"""Use cases: register time and purchases of a case, take them back, add them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.money import format_sek
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import StartUpCostRegistered
from services.contracts.values import Phase, StartUpCostKind
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, acting, get, note, today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.implementation.service import require_in_case
from services.onboarding.parties import Party
from services.onboarding.start_up_costs import repository
from services.onboarding.start_up_costs.domain import (
    CostTotal,
    StartUpCost,
    cost_of_time,
    reversal,
    totals,
)
from services.onboarding.start_up_costs.problems import (
    CORRECTION_STANDS,
    COST_ALREADY_CORRECTED,
    COST_RATE_MISSING,
    COST_ROLE_UNKNOWN,
    OUTSIDE_START_UP,
)
from services.onboarding.start_up_costs.rules import cost_roles


@dataclass(frozen=True)
class Spent:
    """What was spent on which service of a case, and when."""

    service: str
    incurred_on: date
    text: str


async def register_time(
    uow: UnitOfWork, case_id: str, spent: Spent, role_key: str, minutes: int
) -> StartUpCost:
    """Register working time, at the role's hourly rate on its day.

    Raises:
        Problem: ``not_found``, ``service_not_in_case``, ``outside_start_up``,
            ``cost_role_unknown``, ``cost_rate_missing``.
    """
    case = await _case(uow, case_id, spent)
    role = cost_roles().get(role_key)
    if role is None:
        raise Problem(
            COST_ROLE_UNKNOWN,
            f"{role_key} is no role; the roles are {', '.join(cost_roles())}.",
            roles=list(cost_roles()),
        )
    rate = role.rate_on(spent.incurred_on)
    if rate is None:
        raise Problem(COST_RATE_MISSING, f"{role_key} has no hourly rate on {spent.incurred_on}.")
    return await _register(
        uow,
        case,
        _entry(
            uow,
            case,
            spent,
            kind=StartUpCostKind.TIME,
            role=role_key,
            minutes=minutes,
            hourly_rate_ore=rate,
            amount_ore=cost_of_time(minutes, rate),
        ),
    )


async def register_purchase(
    uow: UnitOfWork, case_id: str, spent: Spent, amount_ore: int
) -> StartUpCost:
    """Register something bought for a case.

    Raises:
        Problem: ``not_found``, ``service_not_in_case``, ``outside_start_up``.
    """
    case = await _case(uow, case_id, spent)
    entry = _entry(
        uow,
        case,
        spent,
        kind=StartUpCostKind.PURCHASE,
        role=None,
        minutes=0,
        hourly_rate_ore=None,
        amount_ore=amount_ore,
    )
    return await _register(uow, case, entry)


async def correct(uow: UnitOfWork, case_id: str, cost_id: str, reason: str) -> StartUpCost:
    """Take an entry back by one of the opposite sign; what is right is registered anew.

    Raises:
        Problem: ``not_found``, ``correction_stands``, ``cost_already_corrected``.
    """
    case = await get(uow, case_id)
    entry = await repository.find(uow.session, case_id, cost_id)
    if entry is None:
        raise not_found("start-up cost")
    if entry.corrects is not None:
        raise Problem(
            CORRECTION_STANDS, "This entry takes another one back; register what is right instead."
        )
    if await repository.is_corrected(uow.session, cost_id):
        raise _already_corrected()
    opposite = reversal(entry, new_id(), reason, acting(uow).client_id, uow.now)
    try:
        async with uow.session.begin_nested():
            await repository.add(uow.session, opposite)
    except IntegrityError as error:
        raise _already_corrected() from error
    await _tell(uow, case, opposite, "start-up-cost-corrected", "took back")
    return opposite


async def page(
    uow: UnitOfWork, case_id: str, after: str | None, limit: int
) -> Sequence[StartUpCost]:
    """A case's entries in the order they were registered.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await repository.page(uow.session, case.id, after, limit)


async def case_totals(uow: UnitOfWork, case_id: str) -> Sequence[CostTotal]:
    """What each service of a case has cost before operation.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return totals(await repository.of_case(uow.session, case.id))


async def _case(uow: UnitOfWork, case_id: str, spent: Spent) -> Case:
    """The case, when it can have cost something on that day.

    Time is reported late, so a case that has ended still takes what was spent before.
    """
    case = await get(uow, case_id)
    require_in_case(case, spent.service)
    first = case.opened_at.astimezone(STOCKHOLM).date()
    last = today(uow)
    if case.phase is Phase.STABLE:
        last = min(last, case.phase_entered_at.astimezone(STOCKHOLM).date())
    if not first <= spent.incurred_on <= last:
        raise Problem(
            OUTSIDE_START_UP,
            f"Start-up cost of this case falls between {first} and {last}; what is spent after it"
            " is stable is operations.",
            first_day=str(first),
            last_day=str(last),
        )
    return case


def _entry(
    uow: UnitOfWork,
    case: Case,
    spent: Spent,
    *,
    kind: StartUpCostKind,
    role: str | None,
    minutes: int,
    hourly_rate_ore: int | None,
    amount_ore: int,
) -> StartUpCost:
    return StartUpCost(
        id=new_id(),
        case_id=case.id,
        service=spent.service,
        service_area=catalogue(case.catalogue_version).service(spent.service).service_area,
        kind=kind,
        incurred_on=spent.incurred_on,
        role=role,
        minutes=minutes,
        hourly_rate_ore=hourly_rate_ore,
        amount_ore=amount_ore,
        text=spent.text,
        corrects=None,
        registered_by=acting(uow).client_id,
        registered_at=uow.now,
    )


async def _register(uow: UnitOfWork, case: Case, entry: StartUpCost) -> StartUpCost:
    await repository.add(uow.session, entry)
    await _tell(uow, case, entry, "start-up-cost-registered", "registered")
    return entry


async def _tell(uow: UnitOfWork, case: Case, entry: StartUpCost, action: str, did: str) -> None:
    """The books are told the figures; the timeline, which the customer reads, is not."""
    uow.audit(action, f"case/{case.id}", f"{entry.id} {format_sek(entry.amount_ore)}")
    uow.record(
        StartUpCostRegistered(
            cost_id=entry.id,
            case_id=case.id,
            org_number=case.org_number,
            service=entry.service,
            service_area=entry.service_area,
            kind=entry.kind,
            incurred_on=entry.incurred_on,
            minutes=entry.minutes,
            amount_ore=entry.amount_ore,
            corrects=entry.corrects,
        ),
        version=case.version,
    )
    sentence = f"{did} {entry.kind.value} spent on {entry.service} on {entry.incurred_on}."
    await note(uow, Change(case, Party.CENTRE), action, sentence)


def _already_corrected() -> Problem:
    return Problem(
        COST_ALREADY_CORRECTED, "The entry is taken back; register what is right as a new one."
    )
