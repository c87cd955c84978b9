"""Entering what happened to a matter: in time, late, corrected, or taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from services.chassis.identity import Actor
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems as service_problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import problems
from services.collab_model.matters import repository
from services.collab_model.matters.domain import (
    GIVEN,
    EventBeforeMatter,
    EventContradictsState,
    EventInFuture,
    NothingToCorrect,
    NotThePartysEvent,
    extended,
    line_to_correct,
    may_enter,
    next_line,
)
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.collab_model.matters.service import MatterFile, find, must_be_holder, settled_file
from services.collab_model.tables import MatterRow
from services.contracts.values import Priority

_Said = TypeVar("_Said", Priority, str)


@dataclass(frozen=True)
class Details:
    """What an event says beside that it happened; each belongs to some events only.

    ``priority`` to a change of priority, ``service`` to a move, ``counterpart`` (a team or a
    supplier) to handing the matter over and taking it back.
    """

    priority: Priority | None = None
    service: str | None = None
    counterpart: str | None = None


@dataclass(frozen=True)
class NewEvent:
    """An event to enter; ``at`` is when it happened, where that was before now."""

    event: MatterEvent
    note: str = ""
    at: datetime | None = None
    details: Details = Details()


@dataclass(frozen=True)
class Correction:
    """What is right instead of what a line says; what is left out stays as it was."""

    reason: str
    at: datetime | None = None
    details: Details = Details()


async def enter_event(uow: UnitOfWork, actor: Actor, matter_id: str, new: NewEvent) -> MatterFile:
    """Enter an event in a matter's log, and let its clocks follow.

    Raises:
        Problem: ``not_found``, ``event_not_yours``, ``event_contradicts_state``,
            ``event_before_matter``, ``event_in_future``, ``event_detail_wrong``,
            ``service_not_live``.
    """
    matter, log = await find(uow, actor, matter_id, lock=True)
    agreement = await agreements.get(uow.session, matter.agreement_id)
    await must_be_holder(uow, actor, agreement)
    _may(log, new.event, actor, backdated=new.at is not None)
    number, recorded_at = next_line(log, uow.now)
    at = new.at.astimezone(UTC) if new.at else recorded_at
    entry = LogEntry(
        sequence=number,
        event=new.event,
        at=at,
        party=Party(actor.party),
        recorded_at=recorded_at,
        note=new.note,
        place=_place(agreement, new.event, new.details, at),
        priority=_detail(new.event, MatterEvent.PRIORITY_CHANGED, new.details.priority),
        counterpart=_counterpart(new.event, new.details),
    )
    return await _take_in(uow, agreement, matter, log, entry)


def _may(log: MatterLog, event: MatterEvent, actor: Actor, *, backdated: bool) -> None:
    try:
        may_enter(log, event, Party(actor.party), backdated=backdated)
    except NotThePartysEvent as error:
        raise Problem(
            service_problems.EVENT_NOT_YOURS,
            f"Nothing was entered: {error}. Ask the other party to enter it.",
        ) from error


def _place(
    agreement: Agreement, event: MatterEvent, details: Details, at: datetime
) -> Place | None:
    service = _detail(event, MatterEvent.MOVED, details.service)
    return None if service is None else place_on(agreement, service, at)


def place_on(agreement: Agreement, service: str, at: datetime) -> Place:
    """A service of an agreement by the version in force at an instant.

    Raises:
        Problem: ``service_not_live``.
    """
    day = day_of(at)
    if not agreement.is_live(service, day):
        raise Problem(
            service_problems.SERVICE_NOT_LIVE,
            f"Nothing was entered: {service} is not in operation under the matter's agreement on "
            f"{day}. A matter about another agreement is raised anew.",
        )
    return Place(service, agreement.version_on(day).number)


def _detail(event: MatterEvent, belongs_to: MatterEvent, given: _Said | None) -> _Said | None:
    if (event is belongs_to) != (given is not None):
        raise _wrong_detail(event)
    return given


def _counterpart(event: MatterEvent, details: Details) -> str | None:
    if (event in GIVEN) != (details.counterpart is not None):
        raise _wrong_detail(event)
    return details.counterpart


def _wrong_detail(event: MatterEvent) -> Problem:
    return Problem(
        problems.EVENT_DETAIL_WRONG,
        f"{event.value} was not entered: priority belongs to priority_changed, service to moved "
        "and counterpart to what is handed to or returned by a team or supplier; each of these "
        "needs its own and no other.",
    )


async def correct_line(
    uow: UnitOfWork, actor: Actor, matter_id: str, sequence: int, correction: Correction
) -> MatterFile:
    """Put what is right beside what a line of the log says; everything is read anew.

    Raises:
        Problem: those of ``enter_event``, and ``line_not_correctable``.
    """
    matter, log = await find(uow, actor, matter_id, lock=True)
    agreement = await agreements.get(uow.session, matter.agreement_id)
    wrong = _line(log, sequence)
    at = correction.at.astimezone(UTC) if correction.at else wrong.at
    number, recorded_at = next_line(log, uow.now)
    right = replace(
        wrong,
        sequence=number,
        at=at,
        recorded_at=recorded_at,
        party=Party(actor.party),
        note=correction.reason,
        place=_right_place(agreement, wrong, correction.details, at),
        priority=_right(wrong, wrong.priority, correction.details.priority),
        counterpart=_right(wrong, wrong.counterpart, correction.details.counterpart),
        corrects=sequence,
    )
    uow.audit("matter-log-corrected", f"{matter.id}/{sequence}")
    return await _take_in(uow, agreement, matter, log, right)


def _right_place(
    agreement: Agreement, wrong: LogEntry, details: Details, at: datetime
) -> Place | None:
    """The place as it should have been: what was promised goes by the day of the right instant."""
    service = _right(wrong, wrong.place.service if wrong.place else None, details.service)
    if service is None or (details.service is None and at == wrong.at):
        return wrong.place
    return place_on(agreement, service, at)


def _right(wrong: LogEntry, said: _Said | None, right: _Said | None) -> _Said | None:
    if right is not None and said is None:
        raise _wrong_detail(wrong.event)
    return right if right is not None else said


async def withdraw_line(
    uow: UnitOfWork, actor: Actor, matter_id: str, sequence: int, reason: str
) -> MatterFile:
    """Take back a line of the log that tells of what did not happen.

    Raises:
        Problem: ``not_found``, ``line_not_correctable``, ``event_contradicts_state``.
    """
    matter, log = await find(uow, actor, matter_id, lock=True)
    agreement = await agreements.get(uow.session, matter.agreement_id)
    wrong = _line(log, sequence)
    if wrong.event is MatterEvent.RAISED:
        raise Problem(
            problems.LINE_NOT_CORRECTABLE,
            "Nothing was withdrawn: without its raising there is no matter. Correct when or what "
            "it was, or cancel the matter.",
        )
    number, recorded_at = next_line(log, uow.now)
    taken_back = replace(
        wrong,
        sequence=number,
        recorded_at=recorded_at,
        party=Party(actor.party),
        note=reason,
        corrects=sequence,
        withdrawn=True,
    )
    uow.audit("matter-log-withdrawn", f"{matter.id}/{sequence}")
    return await _take_in(uow, agreement, matter, log, taken_back)


def _line(log: MatterLog, sequence: int) -> LogEntry:
    try:
        return line_to_correct(log, sequence)
    except NothingToCorrect as error:
        raise Problem(problems.LINE_NOT_CORRECTABLE, f"Nothing was corrected: {error}.") from error


async def _take_in(
    uow: UnitOfWork, agreement: Agreement, matter: MatterRow, log: MatterLog, entry: LogEntry
) -> MatterFile:
    what = f"{entry.event.value} at {entry.at.isoformat()}"
    try:
        longer = extended(log, entry)
    except EventInFuture as error:
        raise Problem(
            problems.EVENT_IN_FUTURE, f"Nothing was entered: {error}. Enter it when it has."
        ) from error
    except EventBeforeMatter as error:
        raise Problem(
            problems.EVENT_BEFORE_MATTER,
            f"Nothing was entered: {error}. Correct the raising first if it was earlier.",
        ) from error
    except EventContradictsState as error:
        if error.entry.sequence == entry.sequence:
            said = f"{what} was not {_did(entry)}: {error}."
        else:
            said = (
                f"{what} was not {_did(entry)}: line {error.entry.sequence} of the log, "
                f"{error.entry.event.value}, would not fit any more, since {error}. Correct or "
                "withdraw that line first."
            )
        raise Problem(service_problems.EVENT_CONTRADICTS_STATE, said) from error
    await repository.add_entry(uow.session, matter.id, entry)
    return await settled_file(uow, agreement, matter, longer, _because(entry))


def _did(entry: LogEntry) -> str:
    """What was to be done with a line."""
    if entry.corrects is None:
        return "entered"
    return "withdrawn" if entry.withdrawn else "corrected"


def _because(entry: LogEntry) -> str:
    """What a line of the log has changed, in words."""
    if entry.corrects is None:
        late = ", entered late" if entry.is_late else ""
        return f"line {entry.sequence} of the log: {entry.event.value}{late}"
    did = "withdrew" if entry.withdrawn else "corrected"
    return f"line {entry.sequence} of the log {did} line {entry.corrects}: {entry.note}"
