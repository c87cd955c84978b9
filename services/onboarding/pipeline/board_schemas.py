"""The board in responses."""

from __future__ import annotations

from collections import Counter
from datetime import date

from pydantic import AwareDatetime

from services.chassis.schemas import ResponseModel
from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE, CaseStatus
from services.onboarding.pipeline.board import Board, Card, Waiting
from services.onboarding.pipeline.board_repository import OpenItem
from services.onboarding.pipeline.lights import Light
from services.onboarding.pipeline.model import DeadlineKind
from services.onboarding.time_plan.schemas import RangeOut


class MissingItem(ResponseModel):
    """A gate's item that does not hold; ``lacks`` tells how many things it lacks."""

    item: str
    owner: str
    lacks: int
    text: str
    text_sv: str
    since: AwareDatetime
    due_on: date | None
    overdue: bool


class CardOut(ResponseModel):
    """A case on the board; ``missing`` counts what is missing by who has to act."""

    case_id: str
    org_number: str
    customer_name: str
    headcount: int
    services: list[str]
    service_areas: list[str]
    status: CaseStatus
    account_manager: str | None
    phase_entered_at: AwareDatetime
    paused_on: date | None
    expected_resume_on: date | None
    deadline: date | None
    deadline_kind: DeadlineKind | None
    legal_source: str | None
    planned_go_live: date | None
    go_live: RangeOut | None
    stable: RangeOut | None
    moved_working_days: int
    light: Light
    missing: dict[str, int]
    overdue: int
    items: list[MissingItem]

    @classmethod
    def of(cls, card: Card) -> CardOut:
        """A card."""
        case = card.case
        late = {item.item for item in card.overdue}
        return cls.model_construct(
            case_id=case.id,
            org_number=case.org_number,
            customer_name=case.name,
            headcount=case.headcount,
            services=list(card.services),
            service_areas=sorted(card.areas),
            status=case.status,
            account_manager=case.account_manager,
            phase_entered_at=case.phase_entered_at,
            paused_on=case.paused_on,
            expected_resume_on=case.expected_resume_on,
            deadline=card.deadline,
            deadline_kind=card.deadline_kind,
            legal_source=card.legal_source,
            planned_go_live=case.planned_go_live,
            go_live=RangeOut.of(case.forecast) if case.forecast else None,
            stable=RangeOut.of(case.stable) if case.stable else None,
            moved_working_days=case.moved_working_days,
            light=card.light,
            missing=dict(card.missing),
            overdue=len(card.overdue),
            items=[_item(item, item.item in late) for item in card.items],
        )


class WaitingOut(ResponseModel):
    """An agency that is obliged to join for a service area and has no case for it."""

    org_number: str
    name: str
    headcount: int
    service_area: str
    deadline: date
    legal_source: str
    days_left: int
    light: Light

    @classmethod
    def of(cls, waiting: Waiting) -> WaitingOut:
        """An agency without a case."""
        duty = waiting.duty
        return cls.model_construct(
            org_number=duty.org_number,
            name=duty.name,
            headcount=duty.headcount,
            service_area=duty.service_area,
            deadline=duty.deadline,
            legal_source=duty.legal_source,
            days_left=waiting.days_left,
            light=waiting.light,
        )


class PhaseColumn(ResponseModel):
    """The cases of a phase, those whose deadline comes first on top."""

    phase: Phase
    cases: list[CardOut]


class BoardTotals(ResponseModel):
    """The board in numbers, as filtered."""

    cases: int
    by_phase: dict[str, int]
    by_light: dict[str, int]
    missing: dict[str, int]
    overdue_items: int
    obliged_without_case: int


class BoardOut(ResponseModel):
    """All open cases by phase, and the agencies that are obliged and have none."""

    as_of: date
    totals: BoardTotals
    phases: list[PhaseColumn]
    obliged_without_case: list[WaitingOut]

    @classmethod
    def of(cls, board: Board) -> BoardOut:
        """The board. It is built from typed values, so nothing is checked a second time."""
        by_phase: dict[Phase, list[Card]] = {phase: [] for phase in ROUTE[:-1]}
        for card in board.cards:
            by_phase.setdefault(card.case.phase, []).append(card)
        missing: Counter[str] = Counter()
        for card in board.cards:
            missing.update(card.missing)
        return cls.model_construct(
            as_of=board.as_of,
            totals=BoardTotals(
                cases=len(board.cards),
                by_phase={phase.value: len(cards) for phase, cards in by_phase.items()},
                by_light=dict(Counter(card.light.value for card in board.cards)),
                missing=dict(missing),
                overdue_items=sum(len(card.overdue) for card in board.cards),
                obliged_without_case=len(board.waiting),
            ),
            phases=[
                PhaseColumn.model_construct(
                    phase=phase, cases=[CardOut.of(card) for card in sorted(cards, key=_first)]
                )
                for phase, cards in by_phase.items()
            ],
            obliged_without_case=[WaitingOut.of(waiting) for waiting in board.waiting],
        )


def _first(card: Card) -> tuple[date, str]:
    return card.deadline or date.max, card.case.id


def _item(item: OpenItem, overdue: bool) -> MissingItem:
    return MissingItem.model_construct(
        item=item.item,
        owner=item.owner,
        lacks=len(item.missing),
        text=item.missing[0]["text"] if item.missing else "",
        # What was stored before there was Swedish has none until the case changes.
        text_sv=item.missing[0].get("text_sv", "") if item.missing else "",
        since=item.since,
        due_on=item.due_on,
        overdue=overdue,
    )
