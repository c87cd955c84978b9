"""Gates: what must exist before a case enters its next phase (DOMAIN.md section 3).

Which items a gate has, who owns them and how a refusal words them is data
(``data/gates.yaml``); the rules that judge them are in ``checks.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from services.contracts.values import Phase, Slug, Value
from services.onboarding.cases.domain import ROUTE, CaseStatus, next_phase
from services.onboarding.gates.checks import CHECKS, Shortfall
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.parties import Owner


def _known_check(name: str) -> str:
    if name not in CHECKS:
        raise ValueError(f"there is no rule named {name}")
    return name


class GateItem(Value):
    """One thing a gate asks for.

    ``owner`` is ``each`` where the rule names who has to act; ``before_go_live`` items
    are asked for already when a single service goes live. An item is due
    ``days_before_gate`` days before its gate is. ``shown_by`` are the acts (kinds of
    timeline entries) that show an item anew when they are done again while it holds.
    """

    key: Slug
    check: Annotated[str, AfterValidator(_known_check)]
    owner: Annotated[str, Field(pattern=r"^(customer|centre|shared|each)$")]
    text: str
    text_sv: str
    missing: str
    missing_sv: str
    before_go_live: bool = False
    shown_by: tuple[Slug, ...] = ()
    days_before_gate: Annotated[int, Field(ge=0, le=365)] = 0

    @property
    def shown_owner(self) -> Owner:
        """The item's owner; shared where it differs from part to part."""
        return Owner.SHARED if self.owner == "each" else Owner(self.owner)


class Gate(Value):
    """What stands between a phase and the next.

    ``days`` is how long the phase takes where no plan says so; ``planned_percent`` is where
    in a plan's time from start to go-live the gate lies.
    """

    leaves: Phase
    enters: Phase
    days: Annotated[int, Field(ge=1, le=730)]
    planned_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    items: tuple[GateItem, ...] = Field(min_length=1)


class Gates(Value):
    """The gates of the whole route, in order."""

    version: str
    gates: tuple[Gate, ...]

    @model_validator(mode="after")
    def _follow_the_route(self) -> Gates:
        steps = tuple((gate.leaves, gate.enters) for gate in self.gates)
        if steps != tuple(pairwise(ROUTE)):
            raise ValueError("the gates must follow the phases in order, one for each step")
        keys = [item.key for gate in self.gates for item in gate.items]
        if len(set(keys)) != len(keys):
            raise ValueError("two items of the gates share a key")
        return self

    def up_to(self, phase: Phase) -> tuple[Gate, ...]:
        """Every gate on the way into a phase."""
        return tuple(gate for gate in self.gates if ROUTE.index(gate.enters) <= ROUTE.index(phase))


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a gate shut, who has to act, and by when where the rule knows.

    ``text_sv`` says the same as ``text``, for those who read Swedish.
    """

    item: str
    text: str
    owner: Owner
    due_on: date | None = None
    text_sv: str = ""


@dataclass(frozen=True)
class ItemState:
    """A gate's item as it stands."""

    key: str
    text: str
    owner: Owner
    missing: tuple[Missing, ...]

    @property
    def holds(self) -> bool:
        """Whether the item lacks nothing."""
        return not self.missing


@dataclass(frozen=True)
class GateState:
    """A gate as it stands."""

    leaves: Phase
    enters: Phase
    items: tuple[ItemState, ...]


class CaseStandsStillError(Exception):
    """A case that is paused or has ended was asked to enter a phase."""


class PhaseOutOfOrderError(Exception):
    """A case was asked to enter a phase that is not its next one."""

    def __init__(self, current: Phase, following: Phase | None) -> None:
        super().__init__(f"{current} is followed by {following}")
        self.current = current
        self.following = following


class GateShutError(Exception):
    """A gate refused; ``missing`` names everything that is missing."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = missing


def judge(gate: Gate, case: CaseSnapshot) -> GateState:
    """A gate's items, each with what it lacks."""
    return GateState(
        leaves=gate.leaves,
        enters=gate.enters,
        items=tuple(
            ItemState(
                key=item.key,
                text=item.text,
                owner=item.shown_owner,
                missing=tuple(_missing(item, CHECKS[item.check](case))),
            )
            for item in gate.items
        ),
    )


def missing_for(gates: Gates, case: CaseSnapshot, phase: Phase) -> tuple[Missing, ...]:
    """Everything that keeps a case from entering a phase.

    What earlier gates asked for has to hold still: a baseline changed after the letter
    of intent needs a new fee indication before there can be an agreement.
    """
    states = (judge(gate, case) for gate in gates.up_to(phase))
    return tuple(lack for state in states for item in state.items for lack in item.missing)


def enter(gates: Gates, case: CaseSnapshot, phase: Phase) -> Phase:
    """The phase a case is in after passing its gate.

    Raises:
        CaseStandsStillError: the case is paused or withdrawn.
        PhaseOutOfOrderError: the phase is not the case's next one.
        GateShutError: something is missing.
    """
    if case.status in {CaseStatus.PAUSED, CaseStatus.WITHDRAWN}:
        raise CaseStandsStillError
    following = next_phase(case.phase)
    if phase is not following:
        raise PhaseOutOfOrderError(case.phase, following)
    if missing := missing_for(gates, case, phase):
        raise GateShutError(missing)
    return phase


def missing_for_go_live(
    gates: Gates, case: CaseSnapshot, service: str, live_on: date
) -> tuple[Missing, ...]:
    """Everything that keeps one service of a case from going live on a day.

    The case is looked at as far as it concerns that service: readiness, reconciliations,
    parallel runs, training and both go decisions hold, the day is not before the decided
    one, and the agreement is in force on it.
    """
    case = case.for_service(service)
    missing = [
        lack
        for gate in gates.gates
        for item in gate.items
        if item.before_go_live
        for lack in _missing(item, CHECKS[item.check](case))
    ]
    day = case.implementation.decided_day(service)
    if day is not None and live_on < day:
        missing.append(
            Missing(
                "go-live-day",
                f"The parties have decided on {day}; {live_on} lies before it.",
                Owner.SHARED,
                text_sv=f"Parterna har beslutat om {day}, och {live_on} ligger före den dagen.",
            )
        )
    if case.agreement is not None and live_on < case.agreement.valid_from:
        missing.append(
            Missing(
                "agreement-in-force",
                f"The agreement holds from {case.agreement.valid_from}; {live_on} lies before it.",
                Owner.SHARED,
                text_sv=f"Det avtalade gäller från och med {case.agreement.valid_from}, och"
                f" {live_on} ligger före den dagen.",
            )
        )
    return tuple(missing)


def _missing(item: GateItem, shortfalls: tuple[Shortfall, ...]) -> Iterator[Missing]:
    for lack in shortfalls:
        yield Missing(
            item=item.key,
            text=item.missing.format(subject=lack.subject),
            owner=lack.owner or item.shown_owner,
            due_on=lack.due_on,
            text_sv=item.missing_sv.format(subject=lack.subject_sv or lack.subject),
        )
