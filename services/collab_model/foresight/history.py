"""The lives of clocks, from replayed rounds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.clocks.domain import RoundReading
from services.collab_model.foresight.replay import ReplayedRound
from services.collab_model.foresight.survival import Group, Life


@dataclass(frozen=True)
class Instants:
    """What a training knows, and how it splits its history by time.

    ``since`` the matters are raised that it learns from. What was known at ``split`` trains the
    model that is tried on the matters raised from then until ``held_out_until``; what is known
    at ``known_at`` trains the one that is used.
    """

    since: datetime
    split: datetime
    held_out_until: datetime
    known_at: datetime

    def is_held_out(self, raised_at: datetime) -> bool:
        """Whether a matter is one to try the model on."""
        return self.split < raised_at <= self.held_out_until


def minutes_up(amount: timedelta) -> int:
    """Whole minutes, rounded up."""
    return -(-amount // ONE_MINUTE)


def group_of(each: ReplayedRound | RoundReading, kind: str) -> Group:
    """The narrowest group of a round, by what it is at the end, or when it is looked at."""
    rule = each.rule
    return Group(
        beneath=rule.beneath.value,
        measure=rule.measure.value,
        service=each.place.service,
        priority=each.priority.value,
        kind=kind,
    )


def lives_of(
    rounds: Iterable[ReplayedRound], kinds: Mapping[str, str]
) -> Iterator[tuple[str, Life]]:
    """The lives of clocks that were promised anything, each with its matter.

    Args:
        rounds: as they stood when the history ends.
        kinds: what each matter is.
    """
    for each in rounds:
        allowed = each.allowed // ONE_MINUTE
        if allowed > 0:
            life = Life(
                group=group_of(each, kinds[each.matter_id]),
                minutes=minutes_up(each.elapsed),
                ended=each.ended,
                allowed=allowed,
                breached=each.breached,
            )
            yield each.matter_id, life
