"""Lists: whose rows they show, and how they are cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from services.chassis.identity import Actor
from services.chassis.schemas import Page


class HasId(Protocol):
    """A row with an identifier that lists are ordered by."""

    @property
    def id(self) -> str:
        """The identifier; later rows have later ones."""
        ...


_Row = TypeVar("_Row", bound=HasId)
_Item = TypeVar("_Item")


def customer_filter(actor: Actor, org_number: str | None) -> str | None:
    """The customer a list is limited to; ``None`` for staff who asked for all.

    The one place where lists get their tenant scope (ARCHITECTURE rule 9).

    Raises:
        Problem: ``not_found`` when an agency asks for another customer's list.
    """
    if org_number is not None:
        actor.must_see(org_number, "customer")
    return org_number if actor.scope is None else actor.scope


def page(rows: Sequence[_Row], limit: int, show: Callable[[_Row], _Item]) -> Page[_Item]:
    """A page of at most ``limit`` items; pass one row more so that it knows of a next."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[show(row) for row in shown], next=shown[-1].id if more else None)
