"""Use cases: register a delegation to sign, revoke it, list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import delegation_repository as repository
from services.onboarding.agreements.data import head_titles
from services.onboarding.agreements.problems import (
    DELEGATION_ALREADY_REVOKED,
    DELEGATION_NOT_BY_HEAD,
    DELEGATION_REVERSED,
    DELEGATION_TO_ONESELF,
)
from services.onboarding.agreements.signing import Delegation, signs_by_office
from services.onboarding.cases.service import acting, today
from services.onboarding.parties import Party


@dataclass(frozen=True)
class NewDelegation:
    """A delegation to register; ``max_yearly_fee_ore`` None is any amount."""

    name: str
    title: str
    delegated_by: str
    delegated_by_title: str
    document: str
    max_yearly_fee_ore: int | None
    valid_from: date
    valid_until: date | None


async def register(uow: UnitOfWork, new: NewDelegation) -> Delegation:
    """Register for the actor's own party who may sign in the head's place.

    Raises:
        Problem: ``delegation_not_by_head``, ``delegation_to_oneself``,
            ``delegation_reversed``.
    """
    party = _own_party(uow)
    head = await repository.head_of(uow.session, party)
    if head is not None and head.since is not None and new.valid_from < head.since:
        head = None  # Given by a predecessor, of whom the register says nothing.
    if not signs_by_office(new.delegated_by, new.delegated_by_title, head_titles(), head):
        raise Problem(
            DELEGATION_NOT_BY_HEAD,
            f"{new.delegated_by}, {new.delegated_by_title}, does not head the authority, as far"
            " as the register says; the right to sign comes from its head.",
            titles=[head.title] if head else list(head_titles().titles),
        )
    if _plain(new.name) == _plain(new.delegated_by):
        raise Problem(
            DELEGATION_TO_ONESELF,
            "Who delegates and who may sign are the same person; a head signs by office, and"
            " needs no delegation.",
        )
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise Problem(DELEGATION_REVERSED, "The delegation's last day lies before its first.")
    delegation = Delegation(
        id=new_id(),
        party=party,
        name=new.name,
        title=new.title,
        delegated_by=new.delegated_by,
        delegated_by_title=new.delegated_by_title,
        document=new.document,
        max_yearly_fee_ore=new.max_yearly_fee_ore,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        registered_at=uow.now,
    )
    await repository.add_delegation(uow.session, delegation)
    return delegation


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


async def revoke(uow: UnitOfWork, delegation_id: str) -> Delegation:
    """Take back a delegation of the actor's own party, from today on.

    What was signed by it stands.

    Raises:
        Problem: ``not_found``, ``delegation_already_revoked``.
    """
    party = _own_party(uow)
    if await repository.find_delegation(uow.session, delegation_id, party) is None:
        raise not_found("delegation")
    if not await repository.revoke(uow.session, delegation_id, today(uow)):
        raise Problem(DELEGATION_ALREADY_REVOKED, "The delegation holds no longer; once is enough.")
    revoked = await repository.find_delegation(uow.session, delegation_id, party)
    if revoked is None:
        raise not_found("delegation")
    return revoked


async def page(uow: UnitOfWork, after: str | None, limit: int) -> Sequence[Delegation]:
    """Delegations in the order they were registered: an agency its own, the centre all."""
    return await repository.page(uow.session, acting(uow).scope, after, limit)


def _own_party(uow: UnitOfWork) -> str:
    actor = acting(uow)
    return Party.CENTRE.value if actor.is_staff else (actor.org_number or "")
