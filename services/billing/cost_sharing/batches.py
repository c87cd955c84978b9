"""What is refused of a batch of facts: with row, counted from 1, and column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from services.billing.cost_sharing.facts import Basis, CostItem, Party, Reading
from services.billing.cost_sharing.key_language import Document
from services.billing.cost_sharing.problems import (
    DAYS_TURNED_ROUND,
    FACT_CONFLICT,
    NEGATIVE_VOLUME,
    UNKNOWN_REFERENCE,
    UNKNOWN_UNIT,
)
from services.chassis.problems import Problem

Fact = TypeVar("Fact", Party, CostItem, Reading)


def require_countable(reading: Reading, unit: str, row: int) -> None:
    """Refuse a reading below nought, or in another unit than its driver's.

    Raises:
        Problem: ``unknown_unit``, ``negative_volume``.
    """
    if reading.unit not in {None, unit}:
        raise Problem(
            UNKNOWN_UNIT,
            f"Row {row}: {reading.driver} is counted in {unit}, and {reading.id} says"
            f" {reading.unit}. Nothing of the batch was taken in; send it in {unit}.",
            row=row,
            column="unit",
            unknown=[reading.unit],
            known=[unit],
        )
    if Fraction(reading.quantity) < 0:
        raise Problem(
            NEGATIVE_VOLUME,
            f"Row {row}: {reading.id} says {reading.quantity}. Nothing of the batch was taken"
            " in. To take a reading back, send one that corrects it.",
            row=row,
            column="quantity",
        )


def require_order(first: date, last: date, what: str, row: int, column: str) -> None:
    """Refuse days that are turned round.

    Raises:
        Problem: ``days_turned_round``.
    """
    if last < first:
        raise Problem(
            DAYS_TURNED_ROUND,
            f"Row {row}: {what} would last from {first} to {last}; nothing was taken in. Turn the"
            " days round.",
            row=row,
            column=column,
        )


def require_known(
    names: Collection[str], known: Collection[str], what: str, row: int, column: str
) -> None:
    """Refuse names that the arrangement does not have.

    Raises:
        Problem: ``unknown_reference``.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Problem(
            UNKNOWN_REFERENCE,
            f"Row {row}: {what} names {', '.join(unknown)}, which the arrangement does not have."
            " Nothing of the batch was taken in; register the party or the version first.",
            row=row,
            column=column,
            unknown=unknown,
        )


def require_correctable(
    new: Sequence[tuple[int, Reading]], known: Mapping[str, Reading], corrected: Mapping[str, str]
) -> None:
    """Refuse a correction of nothing, of something else, or of what was corrected before.

    The first would be counted beside what it was to replace, and so would the last.

    Args:
        new: the readings of a batch with their rows, an earlier one before what corrects it.
        known: those that came before, by name.
        corrected: the names of those that correct some, by the corrected one.

    Raises:
        Problem: ``unknown_reference``, ``fact_conflict``.
    """
    there, by = dict(known), dict(corrected)
    for row, reading in new:
        if reading.corrects is not None:
            before = there.get(reading.corrects)
            if before is None or _about(before) != _about(reading):
                raise Problem(
                    UNKNOWN_REFERENCE,
                    f"Row {row}: {reading.id} corrects {reading.corrects}, and no earlier reading"
                    f" of {reading.driver} and {reading.party} has that name. Nothing of the batch"
                    " was taken in; name the reading that was wrong.",
                    row=row,
                    column="corrects",
                    unknown=[reading.corrects],
                )
            if reading.corrects in by:
                raise Problem(
                    FACT_CONFLICT,
                    f"Row {row}: {by[reading.corrects]} has corrected {reading.corrects} already."
                    " Nothing of the batch was taken in; correct the later one.",
                    row=row,
                    column="corrects",
                    conflicts=[by[reading.corrects]],
                )
            by[reading.corrects] = reading.id
        there[reading.id] = reading


def _about(reading: Reading) -> tuple[str, str, Basis]:
    return reading.driver, reading.party, reading.basis


def new_ones(
    what: str, facts: Sequence[Fact], known: dict[str, Fact], column: str
) -> list[tuple[int, Fact]]:
    """The facts of a batch that have not come before, with their rows.

    Args:
        what: what they are, for the refusal.
        facts: the batch.
        known: those that came before, by name.
        column: the field that holds their name.

    Raises:
        Problem: ``fact_conflict``: one came before, or twice in the batch, with other content.
    """
    seen: dict[str, Document] = dict(known)
    new: list[tuple[int, Fact]] = []
    conflicts: list[tuple[int, str]] = []
    for row, fact in enumerate(facts, start=1):
        name: Any = getattr(fact, column)
        if name not in seen:
            seen[name] = fact
            new.append((row, fact))
        elif seen[name] != fact:
            conflicts.append((row, name))
    if conflicts:
        raise Problem(
            FACT_CONFLICT,
            f"Row {conflicts[0][0]}: {len(conflicts)} of the batch came before under the same name"
            f" as another {what}; nothing was taken in. Send a change under a name of its own.",
            row=conflicts[0][0],
            column=column,
            conflicts=sorted({name for _, name in conflicts}),
        )
    return new
