"""How customers are compared (DOMAIN.md section 9; 000:1099, 1308).

Figures are exact fractions. Quartiles are by linear interpolation between the ordered figures,
the least being the nought and the greatest the whole (Hyndman and Fan's seventh method, which is
what spreadsheets call inclusive); the median is the second of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from services.billing.comparisons.disclosure import Members, may_show
from services.chassis.money import round_half_up


class ComparisonStatus(StrEnum):
    """Where a comparison is."""

    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Review(StrEnum):
    """Where the review of a figure is; the last three are the centre's answers."""

    FROZEN = "frozen"
    APPROVED = "approved"
    OBJECTED = "objected"
    KEPT = "kept"
    RECOMPUTED = "recomputed"
    LEFT_OUT = "left_out"


class Answer(StrEnum):
    """What the centre can answer an objection with."""

    KEEP = "keep"
    RECOMPUTE = "recompute"
    LEAVE_OUT = "leave_out"

    @property
    def review(self) -> Review:
        """Where the review is after it."""
        return {
            Answer.KEEP: Review.KEPT,
            Answer.RECOMPUTE: Review.RECOMPUTED,
            Answer.LEAVE_OUT: Review.LEFT_OUT,
        }[self]


class Quotient(Protocol):
    """A figure, which rests on a numerator and a denominator above nought."""

    @property
    def numerator(self) -> int:
        """What is counted."""

    @property
    def denominator(self) -> int:
        """What it is counted for."""


def value_of(figure: Quotient) -> Fraction:
    """A figure's exact value."""
    return Fraction(figure.numerator, figure.denominator)


@dataclass(frozen=True)
class Statistics:
    """What figures come to together; the mean is that of the figures, each counting as one."""

    figures: int
    least: Fraction
    lower_quartile: Fraction
    median: Fraction
    mean: Fraction
    upper_quartile: Fraction
    greatest: Fraction

    def quartile_of(self, value: Fraction) -> int:
        """In which quarter a value lies, 1 to 4; one on a bound is in the lower quarter."""
        bounds = (self.lower_quartile, self.median, self.upper_quartile)
        return 1 + sum(value > bound for bound in bounds)


def quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """The value below which a part of the ordered figures lies, by linear interpolation.

    Args:
        ordered: at least one figure, the least first.
        part: from 0, the least figure, to 1, the greatest.
    """
    place = (len(ordered) - 1) * part
    before = int(place)
    after = min(before + 1, len(ordered) - 1)
    return ordered[before] + (ordered[after] - ordered[before]) * (place - before)


def statistics_of(values: Sequence[Fraction]) -> Statistics:
    """The statistics of at least one figure."""
    ordered = sorted(values)
    lower, median, upper = (quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3))
    return Statistics(
        figures=len(ordered),
        least=ordered[0],
        lower_quartile=lower,
        median=median,
        mean=sum(ordered, Fraction(0)) / len(ordered),
        upper_quartile=upper,
        greatest=ordered[-1],
    )


def shown_groups(sizes: Mapping[str, int], whole: int, least: int) -> frozenset[str]:
    """The peer groups whose statistics may be shown beside those of all.

    A group of fewer figures than the least shows none. What is left of all when the shown groups
    are taken away must not be so small either, or its figures could be worked out from the
    means: then the smallest shown group is held back too, ties by the later key.

    Args:
        sizes: how many figures each group has; some may be in none.
        whole: how many figures there are in all.
        least: how many figures it takes.
    """
    shown = {key for key, size in sizes.items() if size >= least}
    if whole < least:
        return frozenset()
    while shown and 0 < whole - sum(sizes[key] for key in shown) < least:
        smallest = min(sizes[key] for key in shown)
        shown.remove(max(key for key in shown if sizes[key] == smallest))
    return frozenset(shown)


def savings_to_mean(figures: Mapping[str, Quotient], mean: Fraction) -> dict[str, int]:
    """What each of those above the mean would save by coming down to it, in öre (000:1308).

    The exact sum of all is rounded half up once, and the parts come to it: each is rounded down,
    and the öre left over go one each to the largest remainders, ties to the earliest.
    """
    above = {
        key: (value_of(figure) - mean) * figure.denominator
        for key, figure in figures.items()
        if value_of(figure) > mean
    }
    whole = {key: int(exact) for key, exact in above.items()}
    left_over = round_half_up(sum(above.values(), Fraction(0))) - sum(whole.values())
    furthest = sorted(above, key=lambda key: whole[key] - above[key])[:left_over]
    return {key: ore + (key in furthest) for key, ore in whole.items()}


@dataclass(frozen=True)
class Result:
    """What is published: statistics of all and of groups, None where they are held back.

    ``savings`` are öre by whom they would arise at; None where the figure is no cost, or where
    the statistics are held back.
    """

    whole: Statistics | None
    groups: dict[str, Statistics | None]
    savings: dict[str, int] | None


class GroupedQuotient(Quotient, Protocol):
    """A figure of a peer group, or of none."""

    @property
    def group(self) -> str | None:
        """The group."""


def result_of(
    figures: Mapping[str, GroupedQuotient],
    groups: Sequence[str],
    least: int,
    *,
    costs: bool,
    published: Collection[Members] = (),
) -> Result:
    """What a comparison comes to.

    Args:
        figures: the figures that count, by whose they are.
        groups: the keys of the peer groups.
        least: how many figures statistics take.
        costs: whether less is better and the numerators are öre.
        published: of whom statistics of the same question have been published before.
    """
    values = {key: value_of(figure) for key, figure in figures.items()}
    members = {
        group: frozenset(key for key, figure in figures.items() if figure.group == group)
        for group in groups
    }
    shown = shown_groups({key: len(each) for key, each in members.items()}, len(values), least)
    by_size = sorted(shown, key=lambda key: (-len(members[key]), key))
    candidates = [frozenset(values), *(members[key] for key in by_size)]
    may_be = may_show(candidates if len(values) >= least else [], published, least)
    shown = frozenset(key for key, may in zip(by_size, may_be[1:], strict=False) if may)
    whole = statistics_of(list(values.values())) if any(may_be[:1]) else None

    def statistics_of_group(key: str) -> Statistics | None:
        return statistics_of([values[each] for each in members[key]]) if key in shown else None

    return Result(
        whole=whole,
        groups={key: statistics_of_group(key) for key in groups},
        savings=savings_to_mean(figures, whole.mean) if whole is not None and costs else None,
    )


_PLACES = 6


def plain(value: Fraction) -> str:
    """A value with six decimals at most, rounded half up, without those that say nothing."""
    scaled = round_half_up(value * 10**_PLACES)
    whole, rest = divmod(abs(scaled), 10**_PLACES)
    decimals = f"{rest:0{_PLACES}d}".rstrip("0")
    return f"{'-' if scaled < 0 else ''}{whole}{'.' + decimals if decimals else ''}"
