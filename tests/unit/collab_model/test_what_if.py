"""Replays show what reading one by one does, and compare what is the same as the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.clocks.domain import read_clock
from services.collab_model.clocks.rules import Action, Measure
from services.collab_model.clocks.terms import Clock
from services.collab_model.foresight.comparing import Compared, MonthOfService, compare, in_all
from services.collab_model.foresight.proposals import LevelProposal, Proposal, ProposedClocks
from services.collab_model.foresight.replay import ReplayedRound, Story, replayed
from services.collab_model.foresight.training import instants_of, next_training
from services.collab_model.levels.domain import Level
from services.collab_model.matters.domain import places_of
from services.contracts.values import CreditTerms, MeasureKind, Priority
from tests.unit.collab_model.calendar_oracle import a_calendar
from tests.unit.collab_model.clock_stories import (
    HOME,
    STEP,
    WHOLE_QUARTERS,
    a_story,
    rule_of,
    some_conditions,
    terms_of,
)

LEVEL = Level("level", "resolution-time", MeasureKind.RESOLUTION_TIME, {}, Decimal(90))
TERMS = CreditTerms(percent_per_breach=Decimal(5), monthly_cap_percent=Decimal(15))


def some_stories(random: Random) -> tuple[list[Story], datetime]:
    near = random.choice(WHOLE_QUARTERS)
    begins = near - 40 * STEP
    minutes = {priority: random.randrange(1, 900) for priority in Priority}
    conditions = some_conditions(random) if random.random() < 0.4 else None
    clock = Clock(
        LEVEL.key,
        rule_of(Measure.RESOLUTION, minutes, conditions),
        terms_of(a_calendar(random, near, unit=900)),
    )
    logs = [a_story(random, begins + random.randrange(60) * STEP, 100) for _ in range(8)]
    at = max(log.as_known()[0].at for log in logs) + random.randrange(120) * STEP
    return [Story(str(number), log, (clock,)) for number, log in enumerate(logs)], at


@given(st.integers(0, 2**64 - 1))
@settings(max_examples=80, deadline=None)
def test_a_replay_is_what_reading_one_by_one_shows(seed: int) -> None:
    stories, at = some_stories(Random(seed))
    found = {(each.matter_id, each.number): each for each in replayed(stories, at)}
    expected: dict[tuple[str, int], tuple[object, ...]] = {}
    for story in stories:
        [clock] = story.clocks
        for round_ in read_clock(story.log, clock.rule, clock.terms, at).rounds:
            if round_.left is None:
                continue
            by = round_.ended_by
            effect = clock.rule.effect(by) if by else None
            ended = effect is not None and effect[0] is not Action.CANCELS
            allowed = round_.elapsed + round_.left
            shown = (round_.state, round_.elapsed, allowed, round_.outcome_at, ended)
            expected[story.matter_id, round_.number] = shown
    assert {
        key: (each.state, each.elapsed, each.allowed, each.decided_at, each.ended)
        for key, each in found.items()
    } == expected


def month(at: datetime) -> MonthOfService:
    return MonthOfService(
        agreement_id="agreement",
        service=HOME.service,
        period="2025-01",
        start=at - timedelta(days=400),
        end=at + timedelta(days=400),
        levels=[LEVEL],
        others=[],
        terms=TERMS,
        excluded=lambda *_: False,
    )


def compared(stories: list[Story], at: datetime, proposal: Proposal) -> Compared:
    clocks = ProposedClocks(proposal)
    proposed = [
        replace(
            story, clocks=tuple(clocks.of(each, places_of(story.entries)) for each in story.clocks)
        )
        for story in stories
    ]
    agreement_of = {story.matter_id: "agreement" for story in stories}
    return compare(
        {"2025-01": replayed(stories, at)},
        {"2025-01": replayed(proposed, at)},
        [month(at)],
        proposal,
        agreement_of,
        lambda _: True,
    )


def decided(rounds: list[ReplayedRound]) -> list[ReplayedRound]:
    return [each for each in rounds if each.decided_at is not None]


@given(st.integers(0, 2**64 - 1), st.integers(1, 1000))
@settings(max_examples=60, deadline=None)
def test_what_is_the_same_differs_in_nothing_and_what_differs_explains_the_difference(
    seed: int, minutes: int
) -> None:
    stories, at = some_stories(Random(seed))
    rule = stories[0].clocks[0].rule
    key = (HOME.service, rule.key)
    same = compared(stories, at, Proposal(levels={key: LevelProposal(rule.targets)}))
    assert same.differences == ()
    assert same.months[0].credit_today == same.months[0].credit_proposed
    other = compared(
        stories, at, Proposal(levels={key: LevelProposal(dict.fromkeys(Priority, minutes))})
    )
    [levels] = other.months[0].levels
    today = decided(replayed(stories, at))
    assert levels.today.tally.total == len(today)
    assert levels.today.tally.failed == sum(each.breached for each in today)
    moved = sum(
        bool(each.proposed and each.proposed.breached) - bool(each.today and each.today.breached)
        for each in other.differences
    )
    assert levels.proposed.tally.failed - levels.today.tally.failed == moved
    assert [each.today.tally for _, each in in_all(other.months)] == [levels.today.tally]


def test_trainings_come_once_a_month_by_the_wall_clock() -> None:
    winter = next_training(datetime(2025, 1, 15, tzinfo=UTC))
    assert winter == datetime(2025, 2, 2, 3, tzinfo=UTC)
    assert next_training(winter) == datetime(2025, 3, 2, 3, tzinfo=UTC)
    assert next_training(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)).month == 1
    assert next_training(datetime(2025, 7, 1, tzinfo=UTC)) == datetime(2025, 7, 2, 2, tzinfo=UTC)


def test_what_a_model_is_tried_on_comes_after_what_it_learnt_from() -> None:
    found = instants_of(datetime(2025, 6, 2, 2, tzinfo=UTC))
    assert found.since < found.split < found.held_out_until < found.known_at
    assert not found.is_held_out(found.split)
    assert found.is_held_out(found.held_out_until)
