"""From a proposal as somebody writes it to one that can be replayed."""

from __future__ import annotations

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.calendars import problems as calendar_problems
from services.collab_model.calendars import repository as calendars
from services.collab_model.calendars.content import CalendarContent
from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.drawing_up import content_of
from services.collab_model.calendars.facts import calendar_alone, first_day_without
from services.collab_model.calendars.holiday_facts import signed_rules, zones
from services.collab_model.calendars.rules import HoursInverted
from services.collab_model.clocks import problems as clock_problems
from services.collab_model.clocks.documents import CustomerRules, OwnHours
from services.collab_model.clocks.rules import Conditions, Measure, contradictions
from services.collab_model.following_up.data import causes
from services.collab_model.foresight.proposals import LevelKey, LevelProposal, Proposal
from services.collab_model.foresight.what_if import Stretch
from services.collab_model.foresight.what_if_schemas import (
    AskWhatIf,
    CreditTermsIn,
    DraftCalendar,
    LevelIn,
    RegisteredCalendar,
)
from services.collab_model.levels.domain import Month
from services.collab_model.problems import CAUSE_UNKNOWN
from services.contracts.succession import Scope
from services.contracts.values import CreditTerms, ServiceHours

PROPOSED = "proposed"
"""Names, among calendars, the hours that are only proposed."""


def stretch_of(asked: AskWhatIf) -> Stretch:
    """What is replayed."""
    return Stretch(
        Month.parse(asked.first), Month.parse(asked.last), asked.agreement_id, asked.service
    )


async def proposal_of(uow: UnitOfWork, scope: Scope | None, asked: AskWhatIf) -> Proposal:
    """What would be signed instead.

    Raises:
        Problem: ``level_named_twice``, ``level_without_target``, ``conditions_contradict``,
            ``cause_unknown``, ``own_hours_unusable``, ``zone_unknown``, ``calendar_unknown``,
            ``calendar_not_in_force``, and what ``content_of`` refuses of a draft.
    """
    wanted = asked.proposal
    return Proposal(
        levels=_levels(wanted.levels),
        conditions=_conditions(wanted.conditions),
        service_time=await _service_time(uow, scope, asked),
        credit_terms=_credit_terms(wanted.credit_terms),
    )


def _credit_terms(wanted: CreditTermsIn | None) -> CreditTerms | None:
    if wanted is None:
        return None
    known = {each.key for each in causes().causes}
    unknown = sorted(set(wanted.exclusions) - known)
    if unknown:
        raise Problem(
            CAUSE_UNKNOWN,
            f"Nothing was replayed: {unknown[0]} is no cause, so excluding it would change "
            f"nothing. Use {', '.join(sorted(known))}.",
        )
    return wanted.terms()


def _levels(wanted: tuple[LevelIn, ...]) -> dict[LevelKey, LevelProposal]:
    found: dict[LevelKey, LevelProposal] = {}
    for each in wanted:
        key = (each.service, each.level)
        if key in found:
            raise Problem(
                clock_problems.LEVEL_NAMED_TWICE,
                f"Nothing was replayed: {each.level} of {each.service} is proposed twice.",
                level=each.level,
            )
        targets = None if each.target_minutes is None else each.target_minutes.by_priority()
        if targets is not None and not targets:
            raise Problem(
                clock_problems.LEVEL_WITHOUT_TARGET,
                f"Nothing was replayed: {each.level} would promise nothing for any priority. "
                "Give it a target for one at least.",
                level=each.level,
            )
        found[key] = LevelProposal(targets, each.required_share_percent)
    return {key: each for key, each in found.items() if each != LevelProposal()}


def _conditions(wanted: CustomerRules | None) -> dict[Measure, Conditions]:
    found: dict[Measure, Conditions] = {}
    for measure in Measure:
        rule = wanted.of(measure) if wanted else None
        if rule is None:
            continue
        conditions = rule.conditions()
        contradicting = contradictions(conditions)
        if contradicting:
            raise Problem(
                clock_problems.CONDITIONS_CONTRADICT,
                f"Nothing was replayed: the conditions of {measure.value} contradict each other.",
                contradictions=contradicting,
            )
        found[measure] = conditions
    return found


async def _service_time(
    uow: UnitOfWork, scope: Scope | None, asked: AskWhatIf
) -> ServiceTime | None:
    hours = asked.proposal.hours
    if hours is None:
        return None
    if isinstance(hours, RegisteredCalendar):
        return await _registered(uow, scope, hours.calendar, asked)
    if isinstance(hours, DraftCalendar):
        content: CalendarContent = content_of(hours.draft.drawn_up())
        return ServiceTime.of(content.rules(), calendar=PROPOSED)
    return _signed(hours)


def _signed(hours: OwnHours) -> ServiceTime:
    if hours.zone not in zones():
        raise Problem(
            calendar_problems.ZONE_UNKNOWN,
            f"Nothing was replayed: {hours.zone} is not in the IANA time zone database.",
        )
    try:
        rules = signed_rules(ServiceHours(**hours.model_dump()))
    except HoursInverted as error:
        raise Problem(
            clock_problems.OWN_HOURS_UNUSABLE,
            f"Nothing was replayed: the proposed hours cannot be reckoned with: {error}.",
        ) from error
    return ServiceTime.of(rules, calendar=PROPOSED)


async def _registered(
    uow: UnitOfWork, scope: Scope | None, key: str, asked: AskWhatIf
) -> ServiceTime:
    row = await calendars.find_calendar(uow.session, key, scope=scope)
    if row is None:
        raise Problem(
            calendar_problems.CALENDAR_UNKNOWN,
            f"Nothing was replayed: there is no calendar {key} that you see. Give its rules as "
            "a draft instead.",
        )
    versions = [
        calendars.calendar_version(each)
        for each in await calendars.versions_of(uow.session, row.id)
    ]
    first, last = Month.parse(asked.first).first_day, Month.parse(asked.last).last_day
    silent = first_day_without(versions, first, last) if first <= last else None
    if silent is not None:
        raise Problem(
            calendar_problems.CALENDAR_NOT_IN_FORCE,
            f"Nothing was replayed: {key} says nothing of {silent}. Give its rules as a draft, "
            "which counts on all days.",
        )
    return calendar_alone(key, versions)
