"""How long clocks stay open, and what that says of one that is open now.

Pure, in whole numbers, and without any library: the curves were estimated before (see
``estimating``). A *life* is a round of a clock from nought until it ended, in service minutes
rounded up; of one that has not ended, or was cancelled, it is known only that it lasted longer.

A clock breaches when its life is longer than what it is allowed. So of a clock that has been
open for ``used`` minutes, the probability is S(allowed) / S(used - 1), where S(t) is the share
of lives longer than t.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.collab_model.foresight.data import Trait

WHOLE = 1_000_000
"""Shares and probabilities are in millionths."""


class Group(NamedTuple):
    """Clocks that are alike; a trait that is empty may be any."""

    beneath: str
    measure: str
    service: str = ""
    priority: str = ""
    kind: str = ""

    def limited_to(self, traits: Sequence[Trait]) -> Group:
        """The wider group with only these traits in common."""
        return self._replace(**{each.value: "" for each in Trait if each not in traits})

    @property
    def traits(self) -> list[Trait]:
        """What its clocks have in common."""
        return [each for each in Trait if getattr(self, each.value)]


@dataclass(frozen=True)
class Life:
    """A round of a clock: how long it was open, and whether its end was seen.

    ``breached`` tells whether it was open for longer than ``allowed``.
    """

    group: Group
    minutes: int
    ended: bool
    allowed: int
    breached: bool

    @property
    def is_decided(self) -> bool:
        """Whether its promise was kept or broken."""
        return self.ended or self.breached


@dataclass(frozen=True)
class Curve:
    """How long the clocks of a group stay open, as Kaplan and Meier estimate it.

    ``minutes`` ascend; ``survival`` is the share still open after each of them, in millionths;
    ``at_risk`` how many were open until it. The last one is as far as anything is known.
    """

    minutes: tuple[int, ...]
    survival: tuple[int, ...]
    at_risk: tuple[int, ...]
    total: int
    ended: int

    def open_after(self, minute: int) -> int:
        """The share of lives longer than so many minutes, in millionths."""
        step = bisect_right(self.minutes, minute)
        return self.survival[step - 1] if step else WHOLE

    def open_until(self, minute: int) -> int:
        """How many lives of the history were at least so long."""
        step = bisect_left(self.minutes, minute)
        return self.at_risk[step] if step < len(self.minutes) else 0

    def reaches(self, minute: int) -> bool:
        """Whether anything is known of lives so long."""
        return minute <= self.minutes[-1] or self.survival[-1] == 0


class Silence(StrEnum):
    """Why nothing is said of a clock."""

    NO_MODEL = "no_model"
    HISTORY_TOO_SHORT = "history_too_short"
    BEYOND_HISTORY = "beyond_history"


@dataclass(frozen=True)
class Prediction:
    """What similar clocks say of one: a probability in millionths, or why there is none.

    ``group`` is the one that answered, ``at_risk`` how many of its clocks had been open for as
    long.
    """

    probability: int | None
    group: Group | None = None
    at_risk: int = 0
    silence: Silence | None = None


@dataclass(frozen=True)
class Forecaster:
    """Curves by group, and when they are asked.

    Args:
        curves: of those groups that have enough history.
        groups: which traits similar clocks share, the most similar first.
        least_at_risk: so many clocks must have been open for as long as the one asked about.
    """

    curves: Mapping[Group, Curve]
    groups: Sequence[Sequence[Trait]]
    least_at_risk: int

    def predict(self, group: Group, used: int, allowed: int) -> Prediction:
        """Whether a clock will breach that is open and has used so many minutes.

        Args:
            group: the clock's own, with all its traits.
            used: service minutes, rounded up; 0 or more.
            allowed: all the service minutes that it has, rounded down.
        """
        if not self.curves:
            return Prediction(None, silence=Silence.NO_MODEL)
        silence = Silence.HISTORY_TOO_SHORT
        for traits in self.groups:
            asked = group.limited_to(traits)
            curve = self.curves.get(asked)
            if curve is None or curve.open_until(used) < self.least_at_risk:
                continue
            if allowed < used:
                return Prediction(WHOLE, asked, curve.open_until(used))
            if not curve.reaches(allowed):
                silence = Silence.BEYOND_HISTORY
                continue
            probability = curve.open_after(allowed) * WHOLE // curve.open_after(used - 1)
            return Prediction(probability, asked, curve.open_until(used))
        return Prediction(None, silence=silence)


class Counted(NamedTuple):
    """How many lives of a length ended, and of how many more is not known."""

    minutes: int
    ended: int
    censored: int


def counted(
    lives: Iterable[Life], groups: Sequence[Sequence[Trait]], least_ended: int
) -> dict[Group, list[Counted]]:
    """The lives of every group with enough ends, counted by length, shortest first."""
    found: dict[Group, dict[int, list[int]]] = {}
    for life in lives:
        for group in dict.fromkeys(life.group.limited_to(traits) for traits in groups):
            counts = found.setdefault(group, {}).setdefault(life.minutes, [0, 0])
            counts[0 if life.ended else 1] += 1
    return {
        group: [Counted(minutes, *of[minutes]) for minutes in sorted(of)]
        for group, of in sorted(found.items())
        if sum(ended for ended, _ in of.values()) >= least_ended
    }


class Checked(NamedTuple):
    """A held-out clock at one point of its target: what was said of it, and what became of it."""

    predicted: int
    by_remaining_time: int
    breached: bool


def checks(
    forecaster: Forecaster, held_out: Iterable[Life], percents: Sequence[int]
) -> Iterator[Checked]:
    """What would have been said of held-out clocks, at each point where they were still open.

    Beside the prediction stands the plain baseline of remaining time: the share of what is
    allowed that is used. Clocks that are not decided, and points at which the prediction is
    silent, are left out.
    """
    for life in held_out:
        for percent in percents if life.is_decided else ():
            used = life.allowed * percent // 100
            if life.minutes < used:
                break
            said = forecaster.predict(life.group, used, life.allowed)
            if said.probability is not None:
                baseline = used * WHOLE // life.allowed
                yield Checked(said.probability, baseline, life.breached)


class Bin(NamedTuple):
    """The predictions from one tenth of all probabilities, and how many came true."""

    predictions: int
    mean_predicted: int
    breached: int


@dataclass(frozen=True)
class Calibration:
    """How good predictions were; Brier scores in millionths, the lower the better.

    ``by_base_rate`` is the score of saying the same of every clock: the share of decided
    clocks in the history that were breached.
    """

    points: int
    brier: int
    by_remaining_time: int
    by_base_rate: int
    bins: tuple[Bin, ...]


BINS = 10


def calibration(checked: Sequence[Checked], base_rate: int) -> Calibration | None:
    """The scores of predictions; None where there were none.

    Args:
        checked: what was said, and what came.
        base_rate: in millionths.
    """
    if not checked:
        return None
    tenths: list[list[Checked]] = [[] for _ in range(BINS)]
    for each in checked:
        tenths[min(each.predicted * BINS // WHOLE, BINS - 1)].append(each)
    return Calibration(
        points=len(checked),
        brier=_brier((each.predicted, each.breached) for each in checked),
        by_remaining_time=_brier((each.by_remaining_time, each.breached) for each in checked),
        by_base_rate=_brier((base_rate, each.breached) for each in checked),
        bins=tuple(
            Bin(
                len(of),
                sum(each.predicted for each in of) // len(of) if of else 0,
                sum(each.breached for each in of),
            )
            for of in tenths
        ),
    )


def _brier(said: Iterable[tuple[int, bool]]) -> int:
    """The mean of the squared errors, in millionths rounded down."""
    squares = [(probability - WHOLE * came) ** 2 for probability, came in said]
    return sum(squares) // (len(squares) * WHOLE)


def base_rate(lives: Iterable[Life]) -> int:
    """The share of decided lives that were breached, in millionths; 0 where none is decided."""
    decided = [life.breached for life in lives if life.is_decided]
    return sum(decided) * WHOLE // len(decided) if decided else 0
