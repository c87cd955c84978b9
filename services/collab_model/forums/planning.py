"""When forums meet next: planned while their agreement is in operation, cancelled after it.

A meeting that is planned keeps its day when the rhythm changes; the one after it goes by the
version in force then. A forum that a version adds begins on that version's first day. Meetings
are held on working days of the agreement's calendar as it holds on the day: when the calendar
changes, those that are planned move with it.
"""

from __future__ import annotations

from datetime import date

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.service import day_of, service_time_of
from services.collab_model.forums import repository
from services.collab_model.forums.domain import (
    Beginnings,
    MeetingState,
    PlannedMeeting,
    Rhythm,
    moved,
    next_meeting,
)
from services.collab_model.forums.repository import Forum
from services.collab_model.tables import ForumTermsRow, MeetingRow

MEETING_DUE = "meeting_due"
"""Timer: a meeting falls due; its key is the meeting's identifier."""


def terms_on(agreement: Agreement, forum: Forum, day: date) -> ForumTermsRow | None:
    """What the version in force on a day says of a forum; None when it has no such forum."""
    return forum.terms.get(agreement.version_on(day).number)


def rhythm_of(terms: ForumTermsRow) -> Rhythm:
    """How often a forum meets by its terms."""
    return Rhythm(terms.meetings_per_year, terms.meetings_per_year_in_stabilisation)


def meets_on(agreement: Agreement, forum: Forum, day: date) -> bool:
    """Whether a forum can meet on a day: agreed on, and something is in operation."""
    operation = agreement.operation
    if operation is None or not operation[0] <= day <= operation[1]:
        return False
    return terms_on(agreement, forum, day) is not None


async def follow(uow: UnitOfWork, agreement: Agreement) -> None:
    """Cancel planned meetings that cannot be, and plan for forums that have none."""
    forums = await repository.forums_of(uow.session, agreement.id)
    planned = await repository.planned_meetings(uow.session, [each.row.id for each in forums])
    for forum in forums:
        meeting = planned.get(forum.row.id)
        if meeting is not None and not meets_on(agreement, forum, meeting.due_on):
            meeting.state = MeetingState.CANCELLED.value
            await uow.cancel_timer(MEETING_DUE, meeting.id)
            await uow.session.flush()
            meeting = None
        if meeting is None:
            await plan_next(uow, agreement, forum)


async def follow_calendar(uow: UnitOfWork, agreement: Agreement) -> None:
    """Move planned meetings off days that the agreement's calendar closes, and back.

    The agreement must be held.
    """
    calendar = await service_time_of(uow, agreement)
    forums = await repository.forums_of(uow.session, agreement.id)
    planned = await repository.planned_meetings(uow.session, [each.row.id for each in forums])
    for meeting in planned.values():
        before = PlannedMeeting(meeting.nominal_on, meeting.due_on)
        after = moved(before, day_of(uow.now), calendar)
        if after != before and before.due_at(STOCKHOLM) > uow.now:
            meeting.due_on = after.due_on
            meeting.org_number = agreement.holder_on(after.due_on)
            await uow.set_timer(MEETING_DUE, meeting.id, after.due_at(STOCKHOLM))
    await follow(uow, agreement)


async def plan_next(uow: UnitOfWork, agreement: Agreement, forum: Forum) -> None:
    """Plan a forum's next meeting; none when it does not meet as far as is known."""
    planned = await _next(uow, agreement, forum)
    if planned is None or not meets_on(agreement, forum, planned.due_on):
        return
    meeting = MeetingRow(
        id=new_id(),
        forum_id=forum.row.id,
        agreement_id=agreement.id,
        org_number=agreement.holder_on(planned.due_on),
        number=await repository.last_number(uow.session, forum.row.id) + 1,
        nominal_on=planned.nominal_on,
        due_on=planned.due_on,
        state=MeetingState.PLANNED.value,
    )
    await repository.add_meeting(uow.session, meeting)
    await uow.set_timer(MEETING_DUE, meeting.id, planned.due_at(STOCKHOLM))


async def _next(uow: UnitOfWork, agreement: Agreement, forum: Forum) -> PlannedMeeting | None:
    today = day_of(uow.now)
    terms = terms_on(agreement, forum, today)
    operation = agreement.operation
    if terms is None or operation is None:
        return None
    rhythm = rhythm_of(terms)
    last = await repository.last_held(uow.session, forum.row.id)
    in_force = agreement.version_on(today)
    rested = rhythm.in_stabilisation == 0
    since = Beginnings(
        operation=operation[0],
        last_meeting=last.nominal_on if last else None,
        changed_on=in_force.holds_from,
        rested_until=agreement.stabilised_on if rested else None,
    ).latest
    per_year = rhythm.per_year(stabilised=agreement.stabilised_on is not None)
    return next_meeting(since, per_year, await service_time_of(uow, agreement))
