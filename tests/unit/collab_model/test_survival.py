"""Survival curves against hand computation and a slow estimate, and what is said by them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.foresight.data import Trait, rules
from services.collab_model.foresight.estimating import STEP, kaplan_meier
from services.collab_model.foresight.survival import (
    WHOLE,
    Checked,
    Counted,
    Curve,
    Forecaster,
    Group,
    Life,
    Silence,
    base_rate,
    calibration,
    checks,
    counted,
)

MINE = Group("customer", "resolution", "payroll", "high", "incident")
ALL = MINE.limited_to(())


def of_lengths(*lengths: tuple[int, bool], group: Group = MINE) -> list[Life]:
    return [Life(group, minutes, ended, 60, breached=minutes > 60) for minutes, ended in lengths]


def test_the_curve_of_freireich_1963_is_the_one_in_the_textbooks() -> None:
    """The 6-MP arm of the leukaemia trial, weeks in remission; + was not seen to end."""
    ended = (6, 6, 6, 7, 10, 13, 16, 22, 23)
    censored = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    lives = of_lengths(*((m, True) for m in ended), *((m, False) for m in censored))
    curve = kaplan_meier(counted(lives, [()], 1)[ALL])
    told = {6: 857, 7: 807, 10: 753, 13: 690, 16: 627, 22: 538, 23: 448}
    assert {m: round(curve.open_after(m) / 1000) for m in told} == told
    at_risk = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}
    assert {m: curve.open_until(m) for m in told} == at_risk
    assert (curve.open_after(5), curve.open_until(0), curve.open_until(36)) == (WHOLE, 21, 0)
    assert (curve.total, curve.ended) == (21, 9)
    # By hand: (18/21) (16/17) (14/15) (11/12) (10/11) (6/7) (5/6) of the lives last beyond 23.
    assert curve.open_after(23) == round(
        WHOLE * Fraction(18 * 16 * 14 * 11 * 10 * 6 * 5, 21 * 17 * 15 * 12 * 11 * 7 * 6)
    )
    assert (curve.reaches(35), curve.reaches(36)) == (True, False)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60).filter(
        lambda lengths: any(ended for _, ended in lengths)
    )
)
@settings(max_examples=150, deadline=None)
def test_a_curve_is_the_product_of_who_went_on(lengths: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(counted(of_lengths(*lengths), [()], 1)[ALL])
    share = Fraction(1)
    for minute in range(42):
        open_until = sum(length >= minute for length, _ in lengths)
        ends = sum(length == minute and ended for length, ended in lengths)
        share *= 1 - Fraction(ends, open_until) if open_until else 1
        assert abs(curve.open_after(minute) - share * WHOLE) <= STEP
        assert curve.open_until(minute) <= open_until
    assert list(curve.survival) == sorted(curve.survival, reverse=True)


# A curve by hand: of 100 clocks, 50 end at 30 minutes, 40 at 60, the last 10 at 90.
BY_HAND = Curve((30, 60, 90), (500_000, 100_000, 0), (100, 50, 10), 100, 100)


def forecaster(**curves: Curve) -> Forecaster:
    found = {
        MINE.limited_to([Trait(name)] if name != "any" else []): c for name, c in curves.items()
    }
    return Forecaster(found, [[Trait.SERVICE], []], 20)


@pytest.mark.parametrize(
    ("used", "allowed", "told"),
    [
        (0, 60, 100_000),
        (30, 60, 100_000),
        (31, 60, 200_000),
        (31, 59, 1_000_000),
        (31, 90, 0),
        (60, 61, 200_000),
        (60, 50, WHOLE),
    ],
)
def test_what_is_said_of_an_open_clock_is_conditional_on_its_being_open(
    used: int, allowed: int, told: int
) -> None:
    said = forecaster(any=BY_HAND).predict(MINE, used, allowed)
    assert (said.probability, said.group) == (told, ALL)


def test_a_wider_group_answers_where_the_narrow_one_is_too_small_and_then_nobody_does() -> None:
    narrow = Curve((10, 50), (900_000, 800_000), (30, 5), 30, 4)
    both = forecaster(service=narrow, any=BY_HAND)
    assert both.predict(MINE, 0, 40).group == MINE.limited_to([Trait.SERVICE])
    assert both.predict(MINE, 11, 40).group == ALL
    # What no similar clock lived to see, the narrow group cannot tell.
    assert both.predict(MINE, 0, 60).group == ALL
    alone = forecaster(service=narrow)
    assert alone.predict(MINE, 0, 60).silence is Silence.BEYOND_HISTORY
    assert alone.predict(MINE, 11, 40).silence is Silence.HISTORY_TOO_SHORT
    elsewhere = MINE._replace(measure="response")
    assert both.predict(elsewhere, 0, 40).silence is Silence.HISTORY_TOO_SHORT
    assert forecaster().predict(MINE, 0, 40).silence is Silence.NO_MODEL


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_more_time_left_never_makes_a_breach_likelier(used: int, a: int, b: int) -> None:
    said = [forecaster(any=BY_HAND).predict(MINE, used, each).probability for each in (a, b)]
    if None not in said:
        assert (said[0] >= said[1]) or a > b  # type: ignore[operator]  # neither is None


def test_lives_count_in_every_group_that_has_enough_ends() -> None:
    other = MINE._replace(priority="normal")
    lives = [
        *of_lengths((5, True), (5, True), (9, False)),
        *of_lengths((5, True), group=other),
    ]
    found = counted(lives, [[Trait.PRIORITY], []], 2)
    assert found == {
        MINE.limited_to([Trait.PRIORITY]): [Counted(5, 2, 0), Counted(9, 0, 1)],
        ALL: [Counted(5, 3, 0), Counted(9, 0, 1)],
    }


def checked(*said: tuple[int, int, bool]) -> Sequence[Checked]:
    return [Checked(*each) for each in said]


def test_scores_by_hand() -> None:
    found = calibration(
        checked((900_000, 500_000, True), (200_000, 500_000, False), (WHOLE, 0, True)), 400_000
    )
    assert found is not None
    assert found.brier == (10_000 + 40_000 + 0) // 3
    assert found.by_remaining_time == (250_000 + 250_000 + WHOLE) // 3
    assert found.by_base_rate == (360_000 + 160_000 + 360_000) // 3
    filled = {number: tuple(each) for number, each in enumerate(found.bins) if each.predictions}
    assert filled == {2: (1, 200_000, 0), 9: (2, 950_000, 2)}
    assert calibration([], 0) is None


def test_held_out_clocks_are_asked_about_while_they_were_open_and_once_they_are_decided() -> None:
    lives = of_lengths((20, True), (70, True), (40, False), (65, False))
    found = list(checks(forecaster(any=BY_HAND), lives, (0, 50)))
    assert found == checked(
        (100_000, 0, False),  # the first was closed before half of its target
        (100_000, 0, True),
        (100_000, 500_000, True),
        (100_000, 0, True),  # open still, and breached
        (100_000, 500_000, True),
    )
    assert base_rate(lives) == 2 * WHOLE // 3
    assert base_rate([]) == 0


def test_the_data_file_ends_with_the_widest_group() -> None:
    assert rules().groups[-1] == ()
    assert list(rules().groups) == sorted(rules().groups, key=len, reverse=True)
