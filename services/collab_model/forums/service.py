"""Forums: set up from the signed agreement, meeting in a rhythm, leaving minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.service import day_of
from services.collab_model.forums import planning, repository
from services.collab_model.forums.domain import (
    AgendaItem,
    MeetingState,
    OpenMatter,
    Remit,
    agenda_of,
)
from services.collab_model.forums.repository import Forum
from services.collab_model.matters import repository as matters
from services.collab_model.tables import (
    ActionRow,
    AgendaItemRow,
    DecisionRow,
    ForumRow,
    ForumTermsRow,
    MeetingRow,
    MinutesRow,
)
from services.contracts.collab_model import MeetingFellDue
from services.contracts.onboarding import AgreementSigned
from services.contracts.succession import Scope
from services.contracts.values import ForumLevel, MatterKind, Priority


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
    """Keep the forums of a signed version as they were signed."""
    known = {
        each.row.key: each.row
        for each in await repository.forums_of(uow.session, signed.agreement_id)
    }
    for forum in signed.forums:
        row = known.get(forum.key)
        if row is None:
            row = ForumRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                org_number=signed.org_number,
                key=forum.key,
            )
            uow.session.add(row)
            await uow.session.flush()
        uow.session.add(
            ForumTermsRow(
                id=new_id(),
                forum_id=row.id,
                version=signed.version,
                name=forum.name,
                name_sv=forum.name_sv,
                level=forum.level.value,
                meetings_per_year=forum.meetings_per_year,
                meetings_per_year_in_stabilisation=forum.meetings_per_year_in_stabilisation,
            )
        )
    await uow.session.flush()


async def fall_due(uow: UnitOfWork, meeting_id: str) -> None:
    """Let a planned meeting fall due with what waits for it, and plan the next one.

    It waits for no meeting of a forum that is no longer agreed on.
    """
    meeting = await repository.find_meeting(uow.session, meeting_id, scope=None)
    if meeting is None or meeting.state != MeetingState.PLANNED.value:
        return
    # Held, so that the end of stabilisation falls before or after this meeting, not amid.
    if await agreements.find_row(uow.session, meeting.agreement_id, lock=True) is None:
        return
    agreement = await agreements.get(uow.session, meeting.agreement_id)
    model = await repository.forums_of(uow.session, agreement.id)
    forum = next(each for each in model if each.row.id == meeting.forum_id)
    terms = planning.terms_on(agreement, forum, meeting.due_on)
    if terms is None or not planning.meets_on(agreement, forum, meeting.due_on):
        meeting.state = MeetingState.CANCELLED.value
        await uow.session.flush()
        return
    agenda = await _agenda(uow, agreement, forum, terms, model, meeting.due_on)
    meeting.state = MeetingState.DUE.value
    meeting.fell_due_at = uow.now
    meeting.org_number = agreement.holder_on(meeting.due_on)
    await _keep_agenda(uow, meeting, agenda)
    uow.record(
        MeetingFellDue(
            meeting_id=meeting.id,
            org_number=meeting.org_number,
            agreement_id=meeting.agreement_id,
            forum=forum.row.key,
            due_on=meeting.due_on,
            agenda=tuple(dict.fromkeys(item.matter_id for item in agenda)),
        )
    )
    await planning.plan_next(uow, agreement, forum)


async def _agenda(
    uow: UnitOfWork,
    agreement: Agreement,
    forum: Forum,
    terms: ForumTermsRow,
    model: Sequence[Forum],
    day: date,
) -> tuple[AgendaItem, ...]:
    in_force = [found for each in model if (found := planning.terms_on(agreement, each, day))]
    remit = Remit.of(ForumLevel(terms.level), [ForumLevel(each.level) for each in in_force])
    open_matters = [
        OpenMatter(row.id, MatterKind(row.kind), Priority(row.priority))
        for row in await matters.open_matters(uow.session, agreement.id)
    ]
    breaches = await repository.breaches_waiting_for(uow.session, agreement.id, forum.row.id)
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
    if meeting.state == MeetingState.CANCELLED.value:
        raise Problem(
            problems.MEETING_CANCELLED,
            f"The meeting of {meeting.due_on} was cancelled, since its forum or agreement has "
            "ended before; there is nothing to keep minutes of.",
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


async def read_meeting(uow: UnitOfWork, meeting_id: str, *, scope: Scope | None) -> MeetingFile:
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
    scope: Scope | None,
    forum: str | None,
    state: MeetingState | None,
    after: str | None,
    limit: int,
) -> Sequence[tuple[MeetingRow, ForumRow]]:
    """A page of the meetings of one customer, or of all."""
    return await repository.list_meetings(
        uow.session, scope=scope, forum=forum, state=state, after=after, limit=limit
    )


@dataclass(frozen=True)
class AgreedForum:
    """A forum in force, whoever it is agreed with today, and its planned meeting."""

    row: ForumRow
    terms: ForumTermsRow
    holder: str
    planned: MeetingRow | None


async def list_forums(
    uow: UnitOfWork, *, scope: Scope | None, after: str | None, limit: int
) -> list[AgreedForum]:
    """A page of the forums in force for one customer, or for all."""
    today = day_of(uow.now)
    found = await repository.list_forums(
        uow.session, scope=scope, today=today, after=after, limit=limit
    )
    planned = await repository.planned_meetings(uow.session, [row.id for row, _ in found])
    agreed = await agreements.loaded(uow.session, {row.agreement_id for row, _ in found})
    return [
        AgreedForum(row, terms, agreed[row.agreement_id].holder_on(today), planned.get(row.id))
        for row, terms in found
    ]
