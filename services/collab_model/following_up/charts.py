"""Small charts as the papers draw them: bars with heights between nought and one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from services.chassis import swedish
from services.collab_model.levels.domain import Month

_TEN = Decimal(10)
_FULL = Decimal(100)


def months_chart(
    name: str, required: Decimal, months: Sequence[tuple[str, str | None, str]]
) -> dict[str, Any]:
    """A chart of a level's months, the last of which is the present one.

    The axis ends at 100 per cent and begins at a multiple of ten below everything shown, so
    that a difference of a point can be seen.

    Args:
        name: what is shown, for who cannot see the chart.
        required: the share that was promised, in per cent.
        months: period, outcome in per cent or None, and colour; oldest first.
    """
    values = [Decimal(outcome) for _, outcome, _ in months if outcome is not None]
    low = lowest([required, *values])
    bars = [_bar(period, outcome, status, low) for period, outcome, status in months]
    bars[-1]["now"] = True
    told = ", ".join(
        f"{swedish.month(Month.parse(period).first_day)} {swedish.percent(outcome)}"
        for period, outcome, _ in months
    )
    return {
        "bars": bars,
        "required": _height(required, low),
        "low": swedish.decimal_number(low),
        "high": swedish.decimal_number(_FULL),
        "alt": f"{name}, krav {swedish.percent(required)}: {told}",
    }


def lowest(values: Sequence[Decimal]) -> Decimal:
    """Where an axis begins: a multiple of ten that lies below all values, nought at the least."""
    least = min(values)
    low = (least / _TEN).quantize(Decimal(1), rounding=ROUND_DOWN) * _TEN
    return max(Decimal(0), low - _TEN if low == least or least - low < 2 else low)


def status_shown(month: Mapping[str, Any]) -> str:
    """The colour of a month of a kept document; from before it was kept, by the promise."""
    told: str | None = month.get("status")
    return told or ("green" if month["met"] else "red")


def _bar(period: str, outcome: str | None, status: str, low: Decimal) -> dict[str, Any]:
    month = Month.parse(period)
    return {
        "label": swedish.short_month(month.first_day),
        "height": None if outcome is None else _height(Decimal(outcome), low),
        "status": status,
        "now": False,
    }


def _height(value: Decimal, low: Decimal) -> float:
    """Where a value stands on an axis from ``low`` to 100; drawn, so a float will do."""
    return float((value - low) / (_FULL - low)) if low < _FULL else 1.0
