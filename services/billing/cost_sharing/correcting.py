"""What a sharing changes of what was charged before: the first charges all, others differ.

A booked sharing never changes. A true-up or a correction is a new one of the same period
beside it, and charges the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.billing.cost_sharing.language import TrueUp
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.results import Sharing
from services.chassis.money import round_half_up

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
