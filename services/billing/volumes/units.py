"""The units that volumes can be counted in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.own_prices.catalogue import charged_units
from services.billing.subscriptions import repository as subscription_repository


async def known_units(session: AsyncSession) -> frozenset[str]:
    """Every unit that a price can have, and those that agreements were signed with.

    An agreement keeps its units when prices no longer have them.
    """
    return frozenset(charged_units()) | await subscription_repository.signed_units(session)


async def unknown_among(session: AsyncSession, units: Iterable[str]) -> frozenset[str]:
    """Those of some units in which nothing is counted."""
    unpriced = frozenset(units) - charged_units().keys()
    if not unpriced:
        return unpriced
    return unpriced - await subscription_repository.signed_units(session)
