"""When and how a subscription is trued up, from which day on (DOMAIN.md section 7).

Pure. The signed agreement names the days; terms beside it can name others, say what is material,
and whether what is settled is the signed price or the actual one. The day that ends the year is
always among the days: then everything is settled, whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.billing.months import Month
from services.billing.schedule import next_true_up_day, settlement_rules


class SettlesAt(StrEnum):
    """At which prices actual use is settled."""

    SIGNED_PRICES = "signed_prices"
    ACTUAL_PRICES = "actual_prices"


@dataclass(frozen=True)
class TrueUpTerms:
    """Terms of true-ups; ``days`` as ``04-30``, none of them for those of the agreement.

    ``materiality_ore`` is for each service area: what differs less is carried.
    """

    number: int
    holds_from: date
    days: tuple[str, ...]
    materiality_ore: int
    settles_at: SettlesAt


def standard_terms() -> TrueUpTerms:
    """What holds where nothing else is registered: the agreement's days, the data's rest."""
    materiality = settlement_rules().materiality_ore
    return TrueUpTerms(0, date.min, (), materiality, SettlesAt.SIGNED_PRICES)


def terms_on(registered: Iterable[TrueUpTerms], day: date) -> TrueUpTerms:
    """The terms that hold on a day: of those that do, the ones registered last."""
    holding = [each for each in registered if each.holds_from <= day]
    return max(holding, key=lambda each: each.number, default=standard_terms())


def next_day(terms: TrueUpTerms, agreed: Sequence[str], not_before: date) -> date | None:
    """The first true-up day on or after a day, by some terms.

    Args:
        terms: those in force.
        agreed: the signed agreement's days.
        not_before: the earliest day.
    """
    days = [*(terms.days or agreed), settlement_rules().year_end]
    return next_true_up_day(days, not_before)


def ends_year(through: Month) -> bool:
    """Whether a true-up through a month settles everything, because the year ends with it."""
    return f"{through.last_day:%m-%d}" == settlement_rules().year_end
