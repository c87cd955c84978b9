"""What a sharing changes of what was charged before: the first charges all, others differ.

A booked sharing never changes. A true-up or a correction is a new one of the same period
beside it, and charges the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.billing.cost_sharing.language import TrueUp
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.results import Sharing
from services.chassis.money import round_half_up

_LEAP_YEAR = 2000
TRANSFERS = ""
"""Stands for the line of what a party pays others, or gets from them."""

Charged = Mapping[tuple[str, str], int]
"""What has been charged so far, by line and party."""


@dataclass(frozen=True)
class Settled:
    """What a party owes of a line, what was charged of it before, and what is charged now.

    ``charged_now_ore`` is nought where a difference is held back because it is not material.
    """

    line: str
    party: str
    owed_ore: int
    charged_before_ore: int
    charged_now_ore: int
    contact: bool

    @property
    def difference_ore(self) -> int:
        """How far what was charged is from what is owed."""
        return self.owed_ore - self.charged_before_ore

    @property
    def held_back_ore(self) -> int:
        """What of the difference waits for a later sharing."""
        return self.difference_ore - self.charged_now_ore


def owed(sharing: Sharing) -> dict[tuple[str, str], int]:
    """What each party owes of each line, returned surplus and transfers deducted."""
    found: dict[tuple[str, str], int] = {}
    for line in sharing.lines:
        for party in sharing.parties:
            ore = line.charged.get(party, 0) - line.returned.get(party, 0)
            if ore or party in line.charged:
                found[line.line.key, party] = ore
    for transfer in sharing.transfers:
        for party, ore in (
            (transfer.payer, transfer.amount_ore),
            (transfer.receiver, -transfer.amount_ore),
        ):
            found[TRANSFERS, party] = found.get((TRANSFERS, party), 0) + ore
    return found


def settled(sharing: Sharing, before: Charged | None) -> tuple[Settled, ...]:
    """What a sharing charges, given what was charged before; None: it is the first.

    Within the period a difference that is not material is held back, and the last sharing of
    it, which is wholly actual, charges what is left; so in the end just what is owed has been
    charged (000:2383).
    """
    now = owed(sharing)
    rule = sharing.given.versions[-1].true_up
    return tuple(
        _settled(line, party, now.get((line, party), 0), before, rule, sharing.given.is_final)
        for line, party in sorted({*now, *(before or {})})
    )


def next_true_up(
    rule: TrueUp | None, first: date, last: date, actual_through: date | None
) -> date | None:
    """The day on which what was charged of a period is next held against actual cost.

    It is the first of the rule's days that is not yet actual, or the period's last day when
    none of them is left. None: there is no rule, or the whole period is actual.

    Args:
        rule: that of the arrangement's last version in the period.
        first: the period's first day.
        last: its last day.
        actual_through: the last day that is reckoned from what came about.
    """
    if rule is None or (actual_through is not None and actual_through >= last):
        return None
    days = {day_of(text, year) for year in range(first.year, last.year + 1) for text in rule.days}
    begins = first if actual_through is None else actual_through + timedelta(days=1)
    return min((day for day in days if max(first, begins) <= day <= last), default=last)


def day_of(text: str, year: int) -> date:
    """A day such as ``04-30`` in a year; 29 February is the 28th where there is none.

    Raises:
        ValueError: no year has such a day.
    """
    day = date(_LEAP_YEAR, int(text[:2]), int(text[3:]))
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return day.replace(year=year)


def _settled(
    line: str, party: str, owes: int, before: Charged | None, rule: TrueUp | None, final: bool
) -> Settled:
    charged = 0 if before is None else before.get((line, party), 0)
    difference = owes - charged
    first = before is None
    holds = (
        not first and not final and rule is not None and not _is_material(rule, difference, charged)
    )
    calls = rule is not None and rule.contact_from_ore is not None and not first
    return Settled(
        line=line,
        party=party,
        owed_ore=owes,
        charged_before_ore=charged,
        charged_now_ore=0 if holds else difference,
        contact=calls and abs(difference) >= (rule.contact_from_ore or 0) if rule else False,
    )


def _is_material(rule: TrueUp, difference: int, charged: int) -> bool:
    thresholds = [rule.material_ore] if rule.material_ore else []
    if rule.material_portion is not None:
        thresholds.append(round_half_up(abs(charged) * portion(rule.material_portion)))
    return not thresholds or abs(difference) >= min(thresholds)
