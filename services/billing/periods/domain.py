"""Which month can be closed (DOMAIN.md section 7: the year's calculation is reconciled)."""

from __future__ import annotations

from enum import StrEnum

from services.billing.months import Month


class NotClosable(StrEnum):
    """Why a month cannot be closed."""

    NOT_ENDED = "not_ended"
    CLOSED_BEFORE = "closed_before"
    OUT_OF_ORDER = "out_of_order"


def why_not_closable(month: Month, last_ended: Month, closed_through: Month | None) -> str | None:
    """Why a month cannot be closed now; None when it can.

    Months are closed one after the other. The first that is closed may be any that has ended:
    those before it, in which nothing was kept, are closed with it.

    Args:
        month: the one to close.
        last_ended: the last month that is over.
        closed_through: the last month that is closed.
    """
    if month > last_ended:
        return NotClosable.NOT_ENDED
    if closed_through is None or month == closed_through.next:
        return None
    return NotClosable.CLOSED_BEFORE if month <= closed_through else NotClosable.OUT_OF_ORDER
