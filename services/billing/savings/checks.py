"""What a saving must have before it goes on, and before it is followed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.billing.months import Month
from services.billing.savings.domain import (
    CAN_BE_FOLLOWED_UP,
    ORDER,
    FollowUp,
    PeriodFault,
    SavingState,
    is_back,
    period_fault,
    standing,
    step_is_next,
)
from services.billing.savings.problems import (
    CHANGE_WITHOUT_REASON,
    FOLLOW_UP_MISSING,
    FOLLOW_UP_PERIOD_WRONG,
    FOLLOW_UPS_STAND,
    FOLLOWED_UP_ALREADY,
    OWNER_MISSING,
    SAVING_NOT_REALISED,
    SAVING_STEP_SKIPPED,
    SPECIFICATION_MISSING,
)
from services.billing.savings.repository import Kept
from services.chassis.problems import Problem

_FAULTS = {
    PeriodFault.TURNED_ROUND: "The last month lies before the first.",
    PeriodFault.TWO_YEARS: "They lie in two calendar years; follow each year up by itself.",
    PeriodFault.NOT_ENDED: "The last month has not ended, so what it brought is not known.",
    PeriodFault.BEFORE_IT_SAVES: "The saving is expected from a later month; correct its day.",
    PeriodFault.AFTER_IT_SAVES: "The saving is expected until an earlier month; correct its day.",
}


def step(kept: Kept, to: SavingState, reason: str | None, today: date) -> None:
    """Refuse a step that a saving cannot take.

    Raises:
        Problem: ``saving_step_skipped``, ``change_without_reason``, ``specification_missing``,
            ``owner_missing``, ``follow_up_missing``, ``follow_ups_stand``.
    """
    if not step_is_next(kept.state, to):
        place = ORDER.index(kept.state)
        around = [
            each.value for each in (*ORDER[max(0, place - 1) : place], *ORDER[place + 1 :][:1])
        ]
        raise Problem(
            SAVING_STEP_SKIPPED,
            f"The saving is {kept.state.value}; from there it goes to {' or '.join(around)}.",
            state=kept.state.value,
            possible=around,
        )
    if is_back(kept.state, to):
        _check_back(kept, to, reason)
    elif to is SavingState.SPECIFIED and kept.specification is None:
        raise Problem(
            SPECIFICATION_MISSING,
            "Nobody could tell afterwards what was saved. Register what was, what is expected"
            " and from which day first.",
        )
    elif to is SavingState.REALISED:
        _require_owner(kept, today)
    elif to is SavingState.FOLLOWED_UP and not standing(kept.followed_up):
        raise Problem(
            FOLLOW_UP_MISSING, "Say first what it brought in a period, by a follow-up of it."
        )


def _check_back(kept: Kept, to: SavingState, reason: str | None) -> None:
    if reason is None:
        raise Problem(
            CHANGE_WITHOUT_REASON,
            f"To go back to {to.value} takes something back that was said. Give a reason.",
        )
    stands = [
        each.id for each in standing(kept.followed_up) if each.realised_ore or each.realised_fte
    ]
    if to not in CAN_BE_FOLLOWED_UP and stands:
        raise Problem(
            FOLLOW_UPS_STAND,
            "Follow-ups say that something was realised, which would no longer count. Correct"
            " them to nought first, with the reason.",
            standing=stands,
        )


def _require_owner(kept: Kept, day: date) -> None:
    if kept.owner_on(day) is None:
        raise Problem(
            OWNER_MISSING,
            f"On {day} nobody answers for the saving, and what nobody answers for does not count"
            " as realised. Name an owner who answers for it by then.",
            day=day.isoformat(),
        )


def period(kept: Kept, first: Month, last: Month, today: date) -> None:
    """Refuse a follow-up of months that a saving cannot be followed up for.

    Raises:
        Problem: ``saving_not_realised``, ``follow_up_period_wrong``, ``owner_missing``.
    """
    spec = kept.specification
    if spec is None or kept.state not in CAN_BE_FOLLOWED_UP:
        raise Problem(
            SAVING_NOT_REALISED,
            f"The saving is {kept.state.value}. Take it to {SavingState.REALISED.value} first.",
            state=kept.state.value,
        )
    fault = period_fault(spec, first, last, today)
    if fault is not None:
        raise Problem(
            FOLLOW_UP_PERIOD_WRONG,
            f"Nothing was kept for {first} to {last}. {_FAULTS[fault]}",
            fault=fault.value,
        )
    _require_owner(kept, last.last_day)


def not_followed_up(others: Sequence[FollowUp], first: Month, last: Month) -> None:
    """Refuse months that another follow-up stands for.

    Raises:
        Problem: ``followed_up_already``.
    """
    for each in others:
        if first <= each.last and each.first <= last:
            raise Problem(
                FOLLOWED_UP_ALREADY,
                f"{each.first} to {each.last} are followed up already; counted twice, the saving"
                " would look larger than it is. Correct that follow-up.",
                follow_up=each.id,
            )
