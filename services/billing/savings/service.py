"""Use cases of the savings register: register, specify, name an owner, go on, follow up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from services.billing.customers import repository as customers
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.problems import CUSTOMER_UNKNOWN, SERVICE_UNKNOWN
from services.billing.savings import checks, repository
from services.billing.savings.domain import (
    Owner,
    Place,
    SavingState,
    Specification,
    standing,
)
from services.billing.savings.problems import (
    CHANGE_WITHOUT_REASON,
    FOLLOW_UP_NOT_STANDING,
    OWNER_TOO_EARLY,
    SAVING_ARISES_ELSEWHERE,
    SAVING_DAYS_TURNED_ROUND,
    SAVING_PLACE_UNCLEAR,
)
from services.billing.savings.repository import Kept
from services.billing.schedule import stockholm_day
from services.billing.tables import (
    SavingFollowUpRow,
    SavingOwnerRow,
    SavingRow,
    SavingSpecificationRow,
    SavingStepRow,
)
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


@dataclass(frozen=True)
class NewSaving:
    """A saving to be registered, with what is known of it already."""

    arises_at: Place
    org_number: str | None
    service: str
    title: str
    description: str
    specification: Specification | None
    owner: Owner | None


@dataclass(frozen=True)
class NewFollowUp:
    """What was realised in a period; ``corrects`` is the follow-up whose place it takes."""

    first: Month
    last: Month
    realised_ore: int
    realised_fte: int
    source: str
    corrects: str | None
    reason: str | None


async def register(uow: UnitOfWork, actor: Actor, scope: Scope | None, new: NewSaving) -> Kept:
    """Register a saving; an agency registers its own.

    Raises:
        Problem: ``not_found``, ``saving_arises_elsewhere``, ``saving_place_unclear``,
            ``customer_unknown``, ``service_unknown``, ``saving_days_turned_round``.
    """
    org_number = _place_of(actor, scope, new)
    if new.service not in priced_services():
        known = sorted(priced_services())
        raise Problem(
            SERVICE_UNKNOWN,
            f"There is no service {new.service} in the catalogue. The services are"
            f" {', '.join(known)}.",
            services=known,
        )
    if org_number is not None and await customers.find(uow.session, org_number) is None:
        raise Problem(
            CUSTOMER_UNKNOWN,
            f"{org_number} is not registered as an agency, so nobody there could answer for the"
            " saving. Register the agency first.",
        )
    row = SavingRow(
        id=new_id(),
        arises_at=new.arises_at.value,
        org_number=org_number,
        service=new.service,
        title=new.title,
        description=new.description,
        state=SavingState.IDENTIFIED.value,
        revision=1,
        **_by_whom(uow),
    )
    uow.session.add(row)
    await uow.session.flush()
    kept = Kept(row)
    if new.specification is not None:
        _add_specification(uow, kept, new.specification, None)
    if new.owner is not None:
        _add_owner(uow, kept, new.owner, None)
    await uow.session.flush()
    return kept


def _place_of(actor: Actor, scope: Scope | None, new: NewSaving) -> str | None:
    if not actor.is_staff and new.arises_at is not Place.AGENCY:
        raise Problem(
            SAVING_ARISES_ELSEWHERE,
            f"What is saved in another place ({new.arises_at.value}) is the centre's to register."
            " Register what is saved at your agency, or tell your account manager.",
        )
    org_number = new.org_number
    if not actor.is_staff and org_number is None:
        org_number = actor.org_number
    if (new.arises_at is Place.AGENCY) != (org_number is not None):
        raise Problem(
            SAVING_PLACE_UNCLEAR,
            "A saving at an agency names it in org_number; one in another place names none.",
        )
    if scope is not None and org_number not in scope.signed_by:
        raise not_found("customer")
    return org_number


async def specify(
    uow: UnitOfWork,
    saving_id: str,
    scope: Scope | None,
    spec: Specification,
    reason: str | None,
) -> Kept:
    """Say what was and what is expected; said again, with a reason, the newest counts.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``change_without_reason``,
            ``saving_days_turned_round``.
    """
    kept = await _hold(uow, saving_id, scope)
    if kept.specifications:
        _require_reason(reason, "Another baseline or another expectation")
    _add_specification(uow, kept, spec, reason)
    return await _changed(uow, kept)


async def name_owner(
    uow: UnitOfWork, saving_id: str, scope: Scope | None, owner: Owner, reason: str | None
) -> Kept:
    """Name who answers for a saving from a day on, in the place of whoever does.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``change_without_reason``,
            ``owner_too_early``.
    """
    kept = await _hold(uow, saving_id, scope)
    if kept.owners:
        _require_reason(reason, "Another owner")
        newest = kept.owners[-1].holds_from
        if owner.holds_from < newest:
            raise Problem(
                OWNER_TOO_EARLY,
                f"The owner registered last answers from {newest}, and {owner.holds_from} lies"
                " before it. Choose that day or a later one.",
                holds_from=newest.isoformat(),
            )
    _add_owner(uow, kept, owner, reason)
    return await _changed(uow, kept)


async def step(
    uow: UnitOfWork, saving_id: str, scope: Scope | None, to: SavingState, reason: str | None
) -> Kept:
    """Take a saving one step on, or one step back with a reason.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``saving_step_skipped``,
            ``change_without_reason``, ``specification_missing``, ``owner_missing``,
            ``follow_up_missing``, ``follow_ups_stand``.
    """
    kept = await _hold(uow, saving_id, scope)
    today = stockholm_day(uow.now)
    checks.step(kept, to, reason, today)
    uow.session.add(
        SavingStepRow(
            saving_id=kept.row.id,
            number=kept.row.revision,
            before=kept.row.state,
            after=to.value,
            taken_on=today,
            reason=reason,
            **_by_whom(uow),
        )
    )
    kept.row.state = to.value
    return await _changed(uow, kept)


async def follow_up(uow: UnitOfWork, saving_id: str, scope: Scope | None, new: NewFollowUp) -> Kept:
    """Say what a saving brought in some months, or correct what was said.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``saving_not_realised``,
            ``follow_up_period_wrong``, ``owner_missing``, ``follow_up_not_standing``,
            ``change_without_reason``, ``followed_up_already``.
    """
    kept = await _hold(uow, saving_id, scope)
    checks.period(kept, new.first, new.last, stockholm_day(uow.now))
    others = list(standing(kept.followed_up))
    if new.corrects is not None:
        _require_reason(new.reason, "A correction")
        if all(each.id != new.corrects for each in others):
            raise Problem(
                FOLLOW_UP_NOT_STANDING,
                "What is to be corrected is no follow-up of this saving, or was corrected"
                " already. Correct the one that stands.",
                standing=[each.id for each in others],
            )
        others = [each for each in others if each.id != new.corrects]
    checks.not_followed_up(others, new.first, new.last)
    uow.session.add(
        SavingFollowUpRow(
            id=new_id(),
            saving_id=kept.row.id,
            number=kept.row.revision,
            first_period=str(new.first),
            last_period=str(new.last),
            realised_ore=new.realised_ore,
            realised_fte=new.realised_fte,
            source=new.source,
            corrects=new.corrects,
            reason=new.reason,
            **_by_whom(uow),
        )
    )
    return await _changed(uow, kept)


async def _hold(uow: UnitOfWork, saving_id: str, scope: Scope | None) -> Kept:
    """A saving that is about to be changed, in its next revision."""
    kept = await repository.find(uow.session, saving_id, scope, lock=True)
    if kept is None:
        raise not_found("saving")
    require_version(uow, kept.row.revision, "saving")
    kept.row.revision += 1
    return kept


async def _changed(uow: UnitOfWork, kept: Kept) -> Kept:
    await uow.session.flush()
    found = await repository.find(uow.session, kept.row.id, None)
    return found or kept


def _require_reason(reason: str | None, what: str) -> None:
    if reason is None:
        raise Problem(
            CHANGE_WITHOUT_REASON,
            f"{what} takes the place of what is registered, and whoever reads it will ask why."
            " Give a reason.",
        )


def _add_specification(
    uow: UnitOfWork, kept: Kept, spec: Specification, reason: str | None
) -> None:
    if spec.saves_until is not None and spec.saves_until < spec.saves_from:
        raise Problem(
            SAVING_DAYS_TURNED_ROUND,
            f"The last day {spec.saves_until} lies before the first, {spec.saves_from}. Turn them"
            " round, or leave the last day out for a saving that lasts.",
        )
    row = SavingSpecificationRow(
        saving_id=kept.row.id,
        number=kept.row.revision,
        baseline=spec.baseline,
        baseline_ore=spec.baseline_ore,
        baseline_fte=spec.baseline_fte,
        baseline_source=spec.baseline_source,
        expected_ore=spec.expected_ore,
        expected_fte=spec.expected_fte,
        saves_from=spec.saves_from,
        saves_until=spec.saves_until,
        reason=reason,
        **_by_whom(uow),
    )
    uow.session.add(row)
    kept.specifications.append(row)


def _add_owner(uow: UnitOfWork, kept: Kept, owner: Owner, reason: str | None) -> None:
    row = SavingOwnerRow(
        saving_id=kept.row.id,
        number=kept.row.revision,
        holds_from=owner.holds_from,
        name=owner.name,
        title=owner.title,
        organisation=owner.organisation,
        reason=reason,
        **_by_whom(uow),
    )
    uow.session.add(row)
    kept.owners.append(row)


def _by_whom(uow: UnitOfWork) -> dict[str, Any]:
    party: Literal["customer", "centre"] = uow.actor.party if uow.actor else "centre"
    return {
        "party": party,
        "recorded_by": uow.actor.client_id if uow.actor else "system",
        "recorded_at": uow.recorded_at,
    }
