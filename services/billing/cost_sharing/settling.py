"""What becomes of the difference between what a line was charged and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from services.billing.cost_sharing.amounts import sek
from services.billing.cost_sharing.facts import SharingInput
from services.billing.cost_sharing.language import Surplus
from services.billing.cost_sharing.problems import COST_MISSING
from services.billing.cost_sharing.results import LineResult, Transfer, TransferKind
from services.chassis.money import allocate
from services.chassis.problems import Problem


def settle(result: LineResult, given: SharingInput) -> LineResult:
    """A line with its surplus or deficit put where the arrangement says.

    Returned: given back in proportion to what each was charged; a deficit is carried and set
    against later surpluses. Carried: kept for the next period. Neither: shown as unallocated,
    which is the centre's. Only a final sharing settles; until then the balance stands.

    Raises:
        Problem: ``cost_missing``: a surplus would be returned of which no cost is known.
    """
    over = result.charged_ore + result.by_appropriation_ore - result.cost_ore
    brought = result.brought_forward_ore
    rule = result.line.surplus
    if rule is Surplus.NONE:
        return replace(result, unallocated_ore=over, carried_ore=brought)
    if not given.is_final:
        return replace(result, carried_ore=brought + over)
    if over and not _has_costs(result.line.key, given):
        raise Problem(
            COST_MISSING,
            f"The parties paid {sek(result.charged_ore, 'en')} for {result.line.name}, and no cost"
            " is registered in the period. Register the cost (an item of 0 öre, if there was"
            " none), or run a forecast.",
            line=result.line.key,
        )
    balance = brought + over
    if rule is Surplus.CARRY or balance <= 0 or result.charged_ore <= 0:
        return replace(result, carried_ore=balance)
    parties = sorted(party for party, ore in result.charged.items() if ore > 0)
    parts = allocate(balance, [result.charged[party] for party in parties])
    return replace(result, returned=dict(zip(parties, parts, strict=True)))


def _has_costs(line: str, given: SharingInput) -> bool:
    return any(
        item.line == line and item.first_day <= given.last_day and given.first_day <= item.last_day
        for item in given.items
    )


def work_done(result: LineResult, given: SharingInput) -> Iterator[Transfer]:
    """What the party that pays for a line owes each of the others for its part of the work."""
    payer = result.line.paid_by
    if payer is None:
        return
    for party, ore in sorted(result.charged.items()):
        if party != payer and ore:
            yield Transfer(
                kind=TransferKind.WORK_DONE,
                payer=payer,
                receiver=party,
                amount_ore=ore,
                lines=(result.line.key,),
                day=given.last_day,
                whole_ore=ore,
                weight=Fraction(1),
            )
