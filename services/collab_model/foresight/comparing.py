"""Today beside what is proposed: levels, credits and matters of the same months.

Pure. What is counted is what closings count: a round in the month in which it was decided, for
the service that its matter was about then, while that service was in operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.collab_model.foresight.proposals import Proposal
from services.collab_model.foresight.replay import ReplayedRound
from services.collab_model.levels.domain import Level, Outcome, Tally, outcome_of
from services.contracts.credits import CreditCalculation, Measured, calculate
from services.contracts.values import CreditTerms


@dataclass(frozen=True)
class MonthOfService:
    """A month of a service of an agreement, as it is measured today.

    ``levels`` are those of the version that measures it. ``others`` are the results of the
    levels that no clock measures, where the month is closed. ``terms`` are absent where they
    are not known. ``excluded`` tells whether a level's breach of a matter was due to a cause
    that gives no credit by some terms.
    """

    agreement_id: str
    service: str
    period: str
    start: datetime
    end: datetime
    levels: Sequence[Level]
    others: Sequence[Measured]
    terms: CreditTerms | None
    excluded: Callable[[CreditTerms, str, str], bool]


@dataclass(frozen=True)
class LevelCompared:
    """How a level came out, and how it would have."""

    today: Outcome
    proposed: Outcome


@dataclass(frozen=True)
class MonthCompared:
    """A month of a service under both; a credit is absent where no terms are known."""

    of: MonthOfService
    levels: tuple[LevelCompared, ...]
    credit_today: CreditCalculation | None
    credit_proposed: CreditCalculation | None


@dataclass(frozen=True)
class Difference:
    """A round of a matter's clock that comes out otherwise; None where it does not exist."""

    matter_id: str
    clock: str
    number: int
    today: ReplayedRound | None
    proposed: ReplayedRound | None

    @property
    def at(self) -> datetime:
        """When the two parted: the earlier of the decisions."""
        return min(
            each.decided_at
            for each in (self.today, self.proposed)
            if each is not None and each.decided_at is not None
        )


@dataclass(frozen=True)
class Compared:
    """Both sides of a stretch; the matters that differ in order of time."""

    months: tuple[MonthCompared, ...]
    differences: tuple[Difference, ...]


Counts = Callable[[ReplayedRound], bool]
"""Whether a decided round counts: its service was in operation for the matter's customer."""


Replay = Mapping[str, Sequence[ReplayedRound]]
"""For each month in order, the rounds of the matters alive in it, as they stood at its end.

A matter that was reopened later counts in the month in which it was resolved all the same.
"""


def compare(
    today: Replay,
    proposed: Replay,
    months: Sequence[MonthOfService],
    proposal: Proposal,
    agreement_of: Mapping[str, str],
    counts: Counts,
) -> Compared:
    """Lay both replays of the same matters beside each other.

    Args:
        today: as it was signed.
        proposed: as it would be.
        months: what is compared.
        proposal: what differs.
        agreement_of: the agreement of each matter.
        counts: which decided rounds count.
    """
    starts = min(month.start for month in months)
    ends = max(month.end for month in months)

    def inside(each: ReplayedRound | None) -> bool:
        return (
            each is not None
            and each.decided_at is not None
            and starts <= each.decided_at < ends
            and counts(each)
        )

    last_today, last_proposed = _last_known(today), _last_known(proposed)
    differences = []
    for key in dict.fromkeys([*last_today, *last_proposed]):
        before, after = last_today.get(key), last_proposed.get(key)
        if (inside(before) or inside(after)) and _verdict(before) != _verdict(after):
            differences.append(Difference(*key, before, after))
    decided_today = _by_service(today, agreement_of, inside)
    decided_proposed = _by_service(proposed, agreement_of, inside)
    return Compared(
        months=tuple(_month(month, decided_today, decided_proposed, proposal) for month in months),
        differences=tuple(
            sorted(differences, key=lambda each: (each.at, each.matter_id, each.clock, each.number))
        ),
    )


_Key = tuple[str, str, int]


def _last_known(replay: Replay) -> dict[_Key, ReplayedRound]:
    """Each round as it stood last."""
    return {
        (each.matter_id, each.clock, each.number): each
        for rounds in replay.values()
        for each in rounds
    }


def _verdict(each: ReplayedRound | None) -> bool | None:
    """Whether a round was breached; None when it is not decided."""
    return None if each is None or each.decided_at is None else each.breached


_Decided = Mapping[tuple[str, str, str], Sequence[ReplayedRound]]
"""Decided rounds by period, agreement and service."""


def _by_service(replay: Replay, agreement_of: Mapping[str, str], inside: Counts) -> _Decided:
    found: dict[tuple[str, str, str], list[ReplayedRound]] = {}
    for period, rounds in replay.items():
        for each in filter(inside, rounds):
            key = (period, agreement_of[each.matter_id], each.place.service)
            found.setdefault(key, []).append(each)
    return found


def _of_month(month: MonthOfService, decided: _Decided) -> list[ReplayedRound]:
    return [
        each
        for each in decided.get((month.period, month.agreement_id, month.service), ())
        if each.decided_at is not None and month.start <= each.decided_at < month.end
    ]


def _month(
    month: MonthOfService, decided_today: _Decided, decided_proposed: _Decided, proposal: Proposal
) -> MonthCompared:
    today, proposed = _of_month(month, decided_today), _of_month(month, decided_proposed)
    timed = [level for level in month.levels if level.is_timed]
    levels = tuple(
        LevelCompared(
            outcome_of(level, _tally(level, today)),
            outcome_of(proposal.level(month.service, level), _tally(level, proposed)),
        )
        for level in timed
    )
    return MonthCompared(
        of=month,
        levels=levels,
        credit_today=_credit(month, month.terms, today, [each.today for each in levels]),
        credit_proposed=_credit(
            month,
            proposal.credit_terms or month.terms,
            proposed,
            [each.proposed for each in levels],
        ),
    )


def _tally(level: Level, rounds: Iterable[ReplayedRound]) -> Tally:
    own = [each for each in rounds if each.rule.key == level.key]
    return Tally(sum(not each.breached for each in own), len(own))


def _credit(
    month: MonthOfService,
    terms: CreditTerms | None,
    rounds: Sequence[ReplayedRound],
    outcomes: Sequence[Outcome],
) -> CreditCalculation | None:
    """What the month gives back: as its closing reckons it, from the clocks of one side."""
    if terms is None:
        return None
    breaches = [each for each in rounds if each.breached]
    excluded = [each for each in breaches if month.excluded(terms, each.rule.key, each.matter_id)]
    timed = [
        Measured(
            level=outcome.level.key,
            kind=outcome.level.kind,
            required_share_percent=outcome.level.required_share_percent,
            good=outcome.tally.good,
            total=outcome.tally.total,
            excluded=sum(each.rule.key == outcome.level.key for each in excluded),
            outcome_percent=outcome.outcome_percent,
        )
        for outcome in outcomes
    ]
    by_level = {each.level: each for each in (*timed, *month.others)}
    in_order = [by_level[level.key] for level in month.levels if level.key in by_level]
    return calculate(terms, len(breaches) - len(excluded), in_order)


def in_all(months: Sequence[MonthCompared]) -> list[tuple[str, LevelCompared]]:
    """The levels over all months and agreements, with their services.

    A level whose required share changed on the way is judged by its last one.
    """
    found: dict[tuple[str, str], list[LevelCompared]] = {}
    for month in months:
        for level in month.levels:
            found.setdefault((month.of.service, level.today.level.key), []).append(level)
    return [
        (
            service,
            LevelCompared(
                outcome_of(of[-1].today.level, _sum(each.today for each in of)),
                outcome_of(of[-1].proposed.level, _sum(each.proposed for each in of)),
            ),
        )
        for (service, _), of in found.items()
    ]


def _sum(outcomes: Iterable[Outcome]) -> Tally:
    return sum((each.tally for each in outcomes), start=Tally())
