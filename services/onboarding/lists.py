"""Cutting lists into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.chassis.schemas import Page

_Row = TypeVar("_Row")
_Item = TypeVar("_Item")


def page_of(
    rows: Sequence[_Row],
    limit: int,
    *,
    cursor: Callable[[_Row], str],
    show: Callable[[_Row], _Item],
) -> Page[_Item]:
    """A page of at most ``limit`` items out of ``limit + 1`` rows that were read."""
    shown = rows[:limit]
    return Page(
        items=[show(row) for row in shown],
        next=cursor(shown[-1]) if len(rows) > limit else None,
    )
