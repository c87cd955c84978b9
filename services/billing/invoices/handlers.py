"""Events that give credits."""

from __future__ import annotations

from services.billing.invoices import compensation
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.collab_model import LevelBreached, LevelBreachWithdrawn


async def on_level_breached(uow: UnitOfWork, event: LevelBreached) -> None:
    """A breached level gives the customer money back."""
    await compensation.credit_breach(uow, event)


async def on_level_breach_withdrawn(uow: UnitOfWork, event: LevelBreachWithdrawn) -> None:
    """A breach that turned out not to be one gives nothing back."""
    await compensation.withdraw_breach(uow, event)


HANDLERS: dict[type[Event], Handler] = {
    LevelBreached: on_level_breached,
    LevelBreachWithdrawn: on_level_breach_withdrawn,
}
