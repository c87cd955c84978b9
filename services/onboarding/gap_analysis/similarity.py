"""How alike two gaps in the same activity are, so that earlier decisions can be shown.

The measure is plain, so that whoever reads it can check it: half of it is how many words
the two descriptions share, three tenths whether the kind is the same, two tenths how near
the sizes are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low

from services.onboarding.gap_analysis.domain import Decision, GapKind, GapSize, Resolution

WORDS = Fraction(1, 2)
KIND = Fraction(3, 10)
SIZE = Fraction(2, 10)

FORMULA = (
    "similarity = 50 % x shared words / all words of the two descriptions (words of three"
    " letters or more, each counted once) + 30 % if the kind of gap is the same + 20 % if the"
    " size is the same, 10 % if it is one step away"
)
FORMULA_SV = (
    "likhet = 50 % x gemensamma ord / alla ord i de två beskrivningarna (ord med minst tre"
    " bokstäver, varje ord räknat en gång) + 30 % om typen av gap är densamma + 20 % om"
    " storleken är densamma, 10 % om den skiljer ett steg"
)

_SIZES = tuple(GapSize)
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Gap:
    """What a gap is compared by."""

    kind: GapKind
    size: GapSize
    customer_way: str


@dataclass(frozen=True)
class EarlierGap:
    """A gap of another case, and how it was decided."""

    case_id: str
    org_number: str
    customer_name: str
    gap: Gap
    decision: Decision


@dataclass(frozen=True)
class SimilarGap:
    """An earlier gap with its likeness to the one in question, from 0 to 1.

    None where there is nothing to liken it to: the activity has no gap, or is not compared.
    """

    earlier: EarlierGap
    similarity: Fraction | None


@dataclass(frozen=True)
class HowDecided:
    """How the earlier gaps in an activity were decided, in figures.

    The medians are the lower one of the two in the middle; None where nothing is known.
    """

    gaps: int
    by_resolution: Mapping[Resolution, int]
    median_effort_hours: int | None
    median_price_ore: int | None


def words(text: str) -> frozenset[str]:
    """The words of a description: three letters or more, without regard to case."""
    return frozenset(_WORD.findall(text.casefold()))


def similarity(one: Gap, other: Gap) -> Fraction:
    """How alike two gaps are: 0 for nothing in common, 1 for the same. Symmetric."""
    mine, theirs = words(one.customer_way), words(other.customer_way)
    union = mine | theirs
    shared = Fraction(len(mine & theirs), len(union)) if union else Fraction(1)
    steps = abs(_SIZES.index(one.size) - _SIZES.index(other.size))
    return (
        WORDS * shared
        + (KIND if one.kind is other.kind else 0)
        + SIZE * max(Fraction(0), 1 - Fraction(steps, 2))
    )


def most_similar(
    gap: Gap | None, earlier: Sequence[EarlierGap], limit: int
) -> tuple[SimilarGap, ...]:
    """The earlier gaps most like this one; among equals, or without one, those decided last."""
    ranked = [SimilarGap(each, similarity(gap, each.gap) if gap else None) for each in earlier]
    ranked.sort(
        key=lambda each: (each.similarity or 0, each.earlier.decision.decided_at), reverse=True
    )
    return tuple(ranked[:limit])


def how_decided(earlier: Collection[EarlierGap]) -> HowDecided:
    """The decisions on earlier gaps in figures."""
    decisions = [each.decision for each in earlier]
    counts = Counter(decision.resolution for decision in decisions)
    efforts = [d.effort_hours for d in decisions if d.effort_hours is not None]
    prices = [d.price_ore for d in decisions if d.price_ore is not None]
    return HowDecided(
        gaps=len(decisions),
        by_resolution={each: counts[each] for each in Resolution if counts[each]},
        median_effort_hours=median_low(efforts) if efforts else None,
        median_price_ore=median_low(prices) if prices else None,
    )
