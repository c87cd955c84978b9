"""Leaving: notice, what it means to those who stay, handover, settlement, archive.

A customer can leave under exit terms, in order, without pushing its costs onto the others
(DOMAIN.md section 3; 000:614).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.onboarding.leaving.effects import ServiceEffect
from services.onboarding.parties import Owner, Party


class ExitPhase(StrEnum):
    """How far an exit has come. Until it is handed over it can be withdrawn."""

    NOTICE = "notice"
    HANDOVER = "handover"
    SETTLEMENT = "settlement"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether anything can still be done in it."""
        return self not in {ExitPhase.ARCHIVED, ExitPhase.WITHDRAWN}

    @property
    def in_effect(self) -> bool:
        """Whether the services end, or have ended, by it."""
        return self in {ExitPhase.HANDOVER, ExitPhase.SETTLEMENT, ExitPhase.ARCHIVED}


EXIT_ROUTE = (ExitPhase.NOTICE, ExitPhase.HANDOVER, ExitPhase.SETTLEMENT, ExitPhase.ARCHIVED)
"""The phases in their only order."""


class TaskStage(StrEnum):
    """Which gate asks for a task."""

    HANDOVER = "handover"
    CLOSING = "closing"


@dataclass(frozen=True)
class TaskStatement:
    """What a party says of a task, with its evidence."""

    party: Party
    done: bool
    evidence: str
    document_id: str | None
    stated_by: str
    stated_at: datetime


@dataclass(frozen=True)
class ExitTask:
    """Something to hand over or close; a shared task is done when both parties say so."""

    key: str
    stage: TaskStage
    owner: Owner
    name: str
    name_sv: str
    due_on: date
    statements: tuple[TaskStatement, ...] = ()

    @property
    def lacking(self) -> tuple[Party, ...]:
        """The parties that have not said it is done."""
        said = {statement.party for statement in self.statements if statement.done}
        return tuple(party for party in self.owner.parties if party not in said)


@dataclass(frozen=True)
class Fingerprint:
    """A data set as one side counts, sums and hashes it; the sum of what has amounts."""

    record_count: int
    sum_ore: int
    sha256: str


@dataclass(frozen=True)
class Delivery:
    """A data set that the centre delivered, and its receipt when there is one."""

    id: str
    service: str
    dataset: str
    sent: Fingerprint
    delivered_on: date
    received: Fingerprint | None = None
    received_by: str | None = None
    received_at: datetime | None = None

    @property
    def agrees(self) -> bool:
        """Whether the receiver found exactly what was sent."""
        return self.received == self.sent

    @property
    def differences(self) -> tuple[str, ...]:
        """In what the receipt differs; nothing without a receipt."""
        if self.received is None:
            return ()
        return tuple(
            name
            for name in ("record_count", "sum_ore", "sha256")
            if getattr(self.received, name) != getattr(self.sent, name)
        )


@dataclass(frozen=True)
class Comment:
    """What a customer that stays says of an exit, and the centre's answer."""

    id: str
    org_number: str
    name: str
    text: str
    commented_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Settlement:
    """Billing's final settlement; a negative difference is paid back."""

    settlement_id: str
    settled_on: date
    charged_ore: int
    actual_ore: int
    credits_ore: int
    difference_ore: int


@dataclass(frozen=True)
class ExitCost:
    """What the exit itself costs; a correction has a negative amount."""

    id: str
    incurred_on: date
    amount_ore: int
    text: str
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True)
class Notice:
    """Who gave notice, with what mandate, and why."""

    by: Party
    given_on: date
    signed_by: str
    title: str
    mandate: str
    reason: str


@dataclass(frozen=True)
class Exit:
    """A customer's way out of some or all services of an agreement.

    Attributes:
        last_days: the last day of each ending service.
        ends_agreement: whether no service of the agreement remains.
        comment_until: the last day on which those who stay may comment.
    """

    id: str
    case_id: str
    agreement_id: str
    org_number: str
    customer_name: str
    notice: Notice
    ends_agreement: bool
    phase: ExitPhase
    version: int
    opened_at: datetime
    phase_entered_at: datetime
    comment_until: date
    last_days: Mapping[str, date]
    effects: tuple[ServiceEffect, ...]
    settlement_requested_on: date | None = None
    settlement: Settlement | None = None
    withdrawn_because: str | None = None
    archive_hash: str | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """The ending services, by key."""
        return tuple(sorted(self.last_days))

    @property
    def last_day(self) -> date:
        """The last day of all."""
        return max(self.last_days.values())

    @property
    def staying(self) -> frozenset[str]:
        """The organisation numbers of the customers that stay in an ending service."""
        return frozenset(share.org_number for effect in self.effects for share in effect.shares)

    def takes_comments(self, today: date) -> bool:
        """Whether those who stay may comment on a day."""
        return self.phase is ExitPhase.NOTICE and today <= self.comment_until


@dataclass(frozen=True)
class ExitRecord:
    """An exit with all that is kept of it."""

    exit: Exit
    tasks: tuple[ExitTask, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    comments: tuple[Comment, ...] = ()
    costs: tuple[ExitCost, ...] = ()

    @property
    def borne_by_leaver_ore(self) -> int:
        """What the one who leaves pays besides its fees: what would strand, and the exit itself."""
        stranded = sum(effect.stranded_ore for effect in self.exit.effects)
        return stranded + sum(cost.amount_ore for cost in self.costs)


def exit_key(agreement_id: str, service: str) -> str:
    """What may exist only once while an exit is open: the notice of a service."""
    return f"{agreement_id}/{service}"


def next_exit_phase(phase: ExitPhase) -> ExitPhase | None:
    """The phase after this one; None after the last, and for a withdrawn exit."""
    if phase not in EXIT_ROUTE:
        return None
    position = EXIT_ROUTE.index(phase) + 1
    return EXIT_ROUTE[position] if position < len(EXIT_ROUTE) else None


def latest_deliveries(deliveries: Iterable[Delivery]) -> Mapping[tuple[str, str], Delivery]:
    """The latest delivery of each data set, by service and data set; a later one replaces."""
    return {(delivery.service, delivery.dataset): delivery for delivery in deliveries}


def comment_deadline(opened_on: date, days: int) -> date:
    """The last day on which those who stay may comment."""
    return opened_on + timedelta(days=days)
