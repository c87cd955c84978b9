"""The board: all open cases by phase, with deadlines, what is missing, and the forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.service import acting, today
from services.onboarding.catalogue.service import catalogue_in_force
from services.onboarding.parties import Owner
from services.onboarding.pipeline import board_repository as repository
from services.onboarding.pipeline.board_repository import BoardCase, Duty, OpenItem
from services.onboarding.pipeline.gathering import areas_of
from services.onboarding.pipeline.lights import Light, light
from services.onboarding.pipeline.model import DeadlineKind
from services.onboarding.pipeline.rules import pipeline_rules
from services.onboarding.time_plan.rules import time_plan_rules


@dataclass(frozen=True)
class Card:
    """A case on the board."""

    case: BoardCase
    services: tuple[str, ...]
    areas: frozenset[str]
    deadline: date | None
    deadline_kind: DeadlineKind | None
    legal_source: str | None
    light: Light
    items: tuple[OpenItem, ...]
    missing: Mapping[str, int]
    overdue: tuple[OpenItem, ...]


@dataclass(frozen=True)
class Waiting:
    """An agency that is obliged to join for a service area and has no case for it."""

    duty: Duty
    days_left: int
    light: Light


@dataclass(frozen=True)
class BoardFilter:
    """Which of the cards are shown; what is None or False asks for nothing."""

    phase: Phase | None = None
    light: Light | None = None
    service_area: str | None = None
    missing_from: Owner | None = None
    org_number: str | None = None
    overdue: bool = False
    obliged: bool = False

    def shows(self, card: Card) -> bool:
        """Whether a card is asked for."""
        return (
            self.phase in {None, card.case.phase}
            and self.light in {None, card.light}
            and (self.service_area is None or self.service_area in card.areas)
            and (self.missing_from is None or bool(card.missing.get(self.missing_from.value)))
            and self.org_number in {None, card.case.org_number}
            and (not self.overdue or bool(card.overdue))
            and (not self.obliged or card.deadline_kind is DeadlineKind.OBLIGATION)
        )

    def shows_waiting(self, waiting: Waiting) -> bool:
        """Whether an agency without a case is asked for: it has no phase and lacks nothing."""
        return (
            self.phase is None
            and self.missing_from is None
            and not self.overdue
            and self.light in {None, waiting.light}
            and self.service_area in {None, waiting.duty.service_area}
            and self.org_number in {None, waiting.duty.org_number}
        )


@dataclass(frozen=True)
class Board:
    """The board as of a day."""

    as_of: date
    cards: tuple[Card, ...]
    waiting: tuple[Waiting, ...]


async def read_board(uow: UnitOfWork, wanted: BoardFilter) -> Board:
    """The board as far as the actor may see it: an agency sees itself.

    A handful of queries, whatever the number of cases.
    """
    session, scope, day = uow.session, acting(uow).scope, today(uow)
    areas = areas_of(catalogue_in_force(day))
    services = await repository.services_of_cases(session, scope)
    duties = await repository.duties(session, scope)
    items = await repository.open_items(session, scope)
    taken: dict[str, set[str]] = {}
    for known in services.values():
        of_agency = taken.setdefault(known.org_number, set())
        of_agency.update(areas.get(key, key) for key in known.services)
    by_agency: dict[str, list[Duty]] = {}
    for duty in duties:
        by_agency.setdefault(duty.org_number, []).append(duty)
    cards = (
        _card(
            case,
            services[case.id].services,
            areas,
            by_agency.get(case.org_number, ()),
            items.get(case.id, ()),
            day,
        )
        for case in await repository.open_cases(session, scope)
    )
    waiting = (
        _waiting(duty, day)
        for duty in duties
        if duty.service_area not in taken.get(duty.org_number, ())
    )
    return Board(
        as_of=day,
        cards=tuple(card for card in cards if wanted.shows(card)),
        waiting=tuple(each for each in waiting if wanted.shows_waiting(each)),
    )


def _card(
    case: BoardCase,
    services: Sequence[str],
    areas: Mapping[str, str],
    duties: Sequence[Duty],
    items: Sequence[OpenItem],
    day: date,
) -> Card:
    own = frozenset(areas.get(key, key) for key in services)
    duty = min(
        (duty for duty in duties if duty.service_area in own),
        key=lambda duty: duty.deadline,
        default=None,
    )
    deadline = duty.deadline if duty else case.planned_go_live
    kind = DeadlineKind.OBLIGATION if duty else DeadlineKind.WISH
    live = case.phase in {Phase.STABILISATION, Phase.STABLE}
    # While a case is paused its clock stands: nothing of it becomes overdue.
    clock = case.paused_on or day
    return Card(
        case=case,
        services=tuple(services),
        areas=own,
        deadline=deadline,
        deadline_kind=kind if deadline else None,
        legal_source=duty.legal_source if duty else None,
        light=Light.GREEN
        if live and deadline
        else light(pipeline_rules().lights, case.forecast, deadline, day),
        items=tuple(items),
        missing=Counter(lack["owner"] for item in items for lack in item.missing),
        overdue=tuple(item for item in items if item.due_on and item.due_on < clock),
    )


def _waiting(duty: Duty, day: date) -> Waiting:
    """Red when the deadline is nearer than the process takes at the least."""
    left = (duty.deadline - day).days
    needed = 7 * time_plan_rules().minimum_weeks
    return Waiting(duty, left, Light.RED if left < needed else Light.AMBER)
