"""Setting what clocks follow: rules of the customers' clocks, and levels beneath them.

What is set holds for matters that come to their service from a coming day on: what a matter
was promised, and how it is measured, does not change under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.holiday_facts import zones
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import problems, repository
from services.collab_model.clocks.documents import (
    CustomerRules,
    LevelBeneath,
    LevelsBeneath,
    RuleDocument,
)
from services.collab_model.clocks.repository import TermsKind
from services.collab_model.clocks.rules import Measure, contradictions
from services.collab_model.clocks.source import own_hours
from services.collab_model.clocks.terms import FOR_ALL
from services.collab_model.matters.log import Place
from services.collab_model.tables import ClockTermsRow


async def set_rules(
    uow: UnitOfWork, agreement_id: str | None, holds_from: date, rules: CustomerRules
) -> ClockTermsRow:
    """Set rules of the customers' clocks from a day on, for an agreement or for all.

    A measure that is left out keeps its rule.

    Raises:
        Problem: ``terms_hold_too_soon``, ``conditions_contradict``, ``agreement_unknown``.
    """
    _must_come(uow, holds_from)
    for measure in Measure:
        rule = rules.of(measure)
        if rule is not None:
            _must_agree(measure.value, rule)
    if agreement_id is not None and (await agreements.find_row(uow.session, agreement_id) is None):
        raise Problem(
            problems.AGREEMENT_UNKNOWN,
            f"Nothing was set: no agreement {agreement_id} is in operation. Leave agreement_id "
            "out to set rules for all of them.",
        )
    document = rules.model_dump(mode="json", exclude_none=True)
    return await _keep(uow, TermsKind.RULES, agreement_id or FOR_ALL, holds_from, document)


async def set_levels(
    uow: UnitOfWork, service: str, holds_from: date, levels: LevelsBeneath
) -> ClockTermsRow:
    """Set the levels beneath those of a service from a day on; they replace all before.

    Raises:
        Problem: ``terms_hold_too_soon``, ``level_named_twice``, ``level_without_target``,
            ``conditions_contradict``, ``own_hours_unusable``.
    """
    _must_come(uow, holds_from)
    _must_differ(levels.levels)
    for level in levels.levels:
        if not level.target_minutes.by_priority():
            raise Problem(
                problems.LEVEL_WITHOUT_TARGET,
                f"Nothing was set: {level.key} promises nothing for any priority. Give it a "
                "target for one at least, or leave it out.",
                level=level.key,
            )
        if level.rule is not None:
            _must_agree(level.key, level.rule)
        _must_be_usable(service, level)
    document = levels.model_dump(mode="json", exclude_none=True)
    return await _keep(uow, TermsKind.LEVELS, service, holds_from, document)


def _must_come(uow: UnitOfWork, holds_from: date) -> None:
    tomorrow = day_of(uow.now) + timedelta(days=1)
    if holds_from < tomorrow:
        raise Problem(
            problems.TERMS_HOLD_TOO_SOON,
            f"Nothing was set: {holds_from} has begun, and what the day's matters were promised "
            f"does not change. Let it hold from {tomorrow} or later.",
            earliest=tomorrow.isoformat(),
        )


def _must_agree(name: str, rule: RuleDocument) -> None:
    found = contradictions(rule.conditions())
    if found:
        raise Problem(
            problems.CONDITIONS_CONTRADICT,
            f"Nothing was set: the conditions of {name} contradict each other.",
            contradictions=found,
        )


def _must_be_usable(service: str, level: LevelBeneath) -> None:
    """Refuse hours of a level's own that clocks cannot run in."""
    what = f"Nothing was set: the hours of {level.key} cannot be reckoned with"
    if level.hours is not None and level.hours.zone not in zones():
        raise Problem(
            problems.OWN_HOURS_UNUSABLE,
            f"{what}, since there is no time zone of that name. Use one of the IANA database, "
            "such as Europe/Stockholm.",
            level=level.key,
        )
    try:
        own_hours(level, Place(service, 1))
    except ValueError as error:
        raise Problem(
            problems.OWN_HOURS_UNUSABLE,
            f"{what}: {error}. Let them close after they open; 00:00 is the end of a day.",
            level=level.key,
        ) from error


def _must_differ(levels: Iterable[LevelBeneath]) -> None:
    seen: set[tuple[str, str]] = set()
    for level in levels:
        named = (level.beneath.value, level.key)
        if named in seen:
            raise Problem(
                problems.LEVEL_NAMED_TWICE,
                f"Nothing was set: two {level.beneath.value} levels are called {level.key}.",
                level=level.key,
            )
        seen.add(named)


async def _keep(
    uow: UnitOfWork, kind: TermsKind, scope: str, holds_from: date, document: dict[str, object]
) -> ClockTermsRow:
    row = ClockTermsRow(
        id=new_id(),
        kind=kind.value,
        scope=scope,
        holds_from=holds_from,
        document=document,
        recorded_at=uow.now,
        recorded_by=uow.actor.client_id if uow.actor else "system",
    )
    await repository.add_terms(uow.session, row)
    uow.audit(f"clock-{kind.value}-set", scope or "all", holds_from.isoformat())
    return row


async def list_terms(
    uow: UnitOfWork, kind: TermsKind, scope: str | None, after: str | None, limit: int
) -> Sequence[ClockTermsRow]:
    """A page of what was set, in the order in which it was recorded."""
    return await repository.page_of_terms(uow.session, kind, scope, after, limit)
