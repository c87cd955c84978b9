"""Forums: set up from the signed agreement, meeting in a rhythm, leaving minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.service import calendar_of, day_of
from services.collab_model.forums import repository
from services.collab_model.forums.domain import (
    AgendaItem,
    MeetingState,
    OpenMatter,
    Remit,
    Rhythm,
    agenda_of,
    next_meeting,
)
from services.collab_model.matters import repository as matters
from services.collab_model.tables import (
    ActionRow,
    AgendaItemRow,
    AgreementRow,
    DecisionRow,
    ForumRow,
    MeetingRow,
    MinutesRow,
)
from services.contracts.collab_model import MeetingFellDue
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import ForumLevel, MatterKind, Priority

MEETING_DUE = "meeting_due"
"""Timer: a meeting falls due; its key is the meeting's identifier."""


@dataclass(frozen=True)
class Decision:
    """A decision: by which role, on what mandate."""

    text: str
    decided_by: str
    mandate: str


@dataclass(frozen=True)
class Action:
    """Something to be done, the role that owns it, and by when."""

    text: str
    owner_role: str
    due_on: date


@dataclass(frozen=True)
class NewMinutes:
    """What is kept of a meeting; attendees are roles, not people (004:985)."""

    held_on: date
    attendees: tuple[str, ...]
    notes: str
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class MeetingFile:
    """A meeting with its forum, its agenda, and its minutes once they are kept."""

    meeting: MeetingRow
    forum: ForumRow
    agenda: Sequence[repository.AgendaLine]
    minutes: repository.KeptMinutes | None


async def set_up(uow: UnitOfWork, signed: AgreementSigned) -> None:
    """Keep the forums of a signed agreement as they were signed."""
    await repository.add_forums(
        uow.session,
        [
            ForumRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                org_number=signed.org_number,
                key=forum.key,
                name=forum.name,
                name_sv=forum.name_sv,
                level=forum.level.value,
                meetings_per_year=forum.meetings_per_year,
                meetings_per_year_in_stabilisation=forum.meetings_per_year_in_stabilisation,
            )
            for forum in signed.forums
        ],
    )


async def begin_meetings(uow: UnitOfWork, agreement: AgreementRow, *, since: date) -> None:
    """Plan the first meeting of each forum, one interval after the first service went live."""
    for forum in await repository.forums_of(uow.session, agreement.id):
        await _plan_next(uow, agreement, forum, since=since)


async def begin_ordinary_rhythm(uow: UnitOfWork, agreement: AgreementRow, *, since: date) -> None:
    """Let the ordinary rhythm hold from the next meeting on.

    A meeting that is planned keeps its day. A forum that did not meet during
    stabilisation is planned from the day it ended.
    """
    forums = await repository.forums_of(uow.session, agreement.id)
    planned = await repository.planned_meetings(uow.session, [forum.id for forum in forums])
    for forum in forums:
        if forum.id not in planned:
            await _plan_next(uow, agreement, forum, since=since)


async def _plan_next(
    uow: UnitOfWork, agreement: AgreementRow, forum: ForumRow, *, since: date
) -> None:
    rhythm = Rhythm(forum.meetings_per_year, forum.meetings_per_year_in_stabilisation)
    per_year = rhythm.per_year(stabilised=agreement.stabilised_on is not None)
    planned = next_meeting(since, per_year, calendar_of(agreement))
    if planned is None:
        return
    meeting = MeetingRow(
        id=new_id(),
        forum_id=forum.id,
        agreement_id=agreement.id,
        org_number=forum.org_number,
        number=await repository.last_number(uow.session, forum.id) + 1,
        nominal_on=planned.nominal_on,
        due_on=planned.due_on,
        state=MeetingState.PLANNED.value,
    )
    await repository.add_meeting(uow.session, meeting)
    await uow.set_timer(MEETING_DUE, meeting.id, planned.due_at(STOCKHOLM))


async def fall_due(uow: UnitOfWork, meeting_id: str) -> None:
    """Let a planned meeting fall due with what waits for it, and plan the next one."""
    meeting = await repository.find_meeting(uow.session, meeting_id, scope=None)
    if meeting is None or meeting.state != MeetingState.PLANNED.value:
        return
    # Held, so that the end of stabilisation falls before or after this meeting, not amid.
    agreement = await agreements.find_agreement(uow.session, meeting.agreement_id, lock=True)
    if agreement is None:
        return
    forum = await repository.get_forum(uow.session, meeting.forum_id)
    agenda = await _agenda(uow, forum)
    meeting.state = MeetingState.DUE.value
    meeting.fell_due_at = uow.now
    await _keep_agenda(uow, meeting, agenda)
    uow.record(
        MeetingFellDue(
            meeting_id=meeting.id,
            org_number=meeting.org_number,
            agreement_id=meeting.agreement_id,
            forum=forum.key,
            due_on=meeting.due_on,
            agenda=tuple(dict.fromkeys(item.matter_id for item in agenda)),
        )
    )
    await _plan_next(uow, agreement, forum, since=meeting.nominal_on)


async def _agenda(uow: UnitOfWork, forum: ForumRow) -> tuple[AgendaItem, ...]:
    model = await repository.forums_of(uow.session, forum.agreement_id)
    remit = Remit.of(ForumLevel(forum.level), [ForumLevel(each.level) for each in model])
    open_matters = [
        OpenMatter(row.id, MatterKind(row.kind), Priority(row.priority))
        for row in await matters.open_matters(uow.session, forum.agreement_id)
    ]
    breaches = await repository.breaches_waiting_for(uow.session, forum.agreement_id, forum.id)
    return agenda_of(remit, open_matters, breaches)


async def _keep_agenda(uow: UnitOfWork, meeting: MeetingRow, agenda: Sequence[AgendaItem]) -> None:
    await repository.add_agenda(
        uow.session,
        [
            AgendaItemRow(
                id=new_id(),
                meeting_id=meeting.id,
                forum_id=meeting.forum_id,
                position=position,
                reason=item.reason.value,
                matter_id=item.matter_id,
                breach_id=item.breach_id,
            )
            for position, item in enumerate(agenda, start=1)
        ],
    )


async def keep_minutes(uow: UnitOfWork, meeting_id: str, new: NewMinutes) -> MeetingFile:
    """Keep the minutes of a meeting that fell due; they cannot be changed afterwards.

    Raises:
        Problem: ``not_found``, ``meeting_not_due``, ``minutes_already_kept``,
            ``held_on_out_of_range``.
    """
    meeting = await repository.find_meeting(uow.session, meeting_id, scope=None, lock=True)
    if meeting is None:
        raise not_found("meeting")
    _check_minutes(meeting, new, today=day_of(uow.now))
    minutes = MinutesRow(
        id=new_id(),
        meeting_id=meeting.id,
        held_on=new.held_on,
        attendees=list(new.attendees),
        notes=new.notes,
        kept_at=uow.now,
    )
    decisions = [
        DecisionRow(
            id=new_id(),
            minutes_id=minutes.id,
            position=position,
            text=decision.text,
            decided_by=decision.decided_by,
            mandate=decision.mandate,
        )
        for position, decision in enumerate(new.decisions, start=1)
    ]
    actions = [
        ActionRow(
            id=new_id(),
            minutes_id=minutes.id,
            position=position,
            text=action.text,
            owner_role=action.owner_role,
            due_on=action.due_on,
        )
        for position, action in enumerate(new.actions, start=1)
    ]
    meeting.state = MeetingState.MINUTED.value
    kept = repository.KeptMinutes(minutes, tuple(decisions), tuple(actions))
    await repository.add_minutes(uow.session, kept)
    return await _file(uow, meeting, kept)


def _check_minutes(meeting: MeetingRow, new: NewMinutes, *, today: date) -> None:
    if meeting.state == MeetingState.PLANNED.value:
        raise Problem(
            problems.MEETING_NOT_DUE,
            f"The meeting falls due on {meeting.due_on}; minutes can be kept from then on.",
        )
    if meeting.state == MeetingState.MINUTED.value:
        raise Problem(
            problems.MINUTES_ALREADY_KEPT,
            "What was decided stays as it was written; a correction belongs in the minutes of "
            "the forum's next meeting.",
        )
    if not meeting.due_on <= new.held_on <= today:
        raise Problem(
            problems.HELD_ON_OUT_OF_RANGE,
            f"The meeting fell due on {meeting.due_on} and today is {today}; held_on must lie "
            "between the two.",
        )


async def _file(
    uow: UnitOfWork, meeting: MeetingRow, minutes: repository.KeptMinutes | None
) -> MeetingFile:
    forum = await repository.get_forum(uow.session, meeting.forum_id)
    agenda = await repository.agenda_of(uow.session, meeting.id)
    return MeetingFile(meeting, forum, agenda, minutes)


async def read_meeting(uow: UnitOfWork, meeting_id: str, *, scope: str | None) -> MeetingFile:
    """A meeting with its agenda and its minutes.

    Raises:
        Problem: ``not_found``.
    """
    meeting = await repository.find_meeting(uow.session, meeting_id, scope=scope)
    if meeting is None:
        raise not_found("meeting")
    return await _file(uow, meeting, await repository.find_minutes(uow.session, meeting.id))


async def list_meetings(
    uow: UnitOfWork,
    *,
    org_number: str | None,
    forum: str | None,
    state: MeetingState | None,
    after: str | None,
    limit: int,
) -> Sequence[tuple[MeetingRow, ForumRow]]:
    """A page of the meetings of one customer, or of all."""
    return await repository.list_meetings(
        uow.session, org_number=org_number, forum=forum, state=state, after=after, limit=limit
    )


async def list_forums(
    uow: UnitOfWork, *, org_number: str | None, after: str | None, limit: int
) -> list[tuple[ForumRow, MeetingRow | None]]:
    """A page of the forums of one customer, or of all, each with its planned meeting."""
    forums = await repository.list_forums(
        uow.session, org_number=org_number, after=after, limit=limit
    )
    planned = await repository.planned_meetings(uow.session, [forum.id for forum in forums])
    return [(forum, planned.get(forum.id)) for forum in forums]
