"""What if: a stretch of real matters replayed under a proposal, beside what they came to.

Everything is read and reckoned; nothing is stored, published or timed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from services.chassis.clock import STOCKHOLM
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement, touches
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.source import TermsSource
from services.collab_model.foresight import problems
from services.collab_model.foresight import what_if_repository as repository
from services.collab_model.foresight.comparing import Compared, Counts, MonthOfService, compare
from services.collab_model.foresight.data import rules
from services.collab_model.foresight.proposals import Proposal, ProposedClocks
from services.collab_model.foresight.replay import ReplayedRound, Story, replayed
from services.collab_model.levels.closing import measuring_version
from services.collab_model.levels.domain import Level, Month
from services.collab_model.matters import repository as matters
from services.collab_model.matters.domain import places_of
from services.collab_model.problems import LEVEL_UNKNOWN
from services.collab_model.tables import CauseRow, MatterRow
from services.contracts.credits import Measured
from services.contracts.succession import Scope
from services.contracts.values import CreditTerms


@dataclass(frozen=True)
class Stretch:
    """What is replayed: months, of one agreement or those that somebody sees, of a service."""

    first: Month
    last: Month
    agreement_id: str | None = None
    service: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a question came to.

    ``read_until`` is the end of the stretch, or now where it is not over.
    """

    stretch: Stretch
    read_until: datetime
    matters: Mapping[str, MatterRow]
    compared: Compared


async def answer(
    uow: UnitOfWork, scope: Scope | None, stretch: Stretch, proposal: Proposal
) -> Answer:
    """Replay a stretch of matters as they were signed and as proposed, and compare.

    Args:
        uow: read only.
        scope: what the asker sees; None: everything.
        stretch: which matters.
        proposal: what would be signed instead, for all of them.

    Raises:
        Problem: ``nothing_proposed``, ``stretch_unusable``, ``too_many_matters``,
            ``level_unknown``, ``level_not_timed``, ``not_found``.
    """
    if proposal.is_empty:
        raise Problem(
            problems.NOTHING_PROPOSED,
            "Nothing was replayed: the proposal is what is signed. Propose a target, a required "
            "share, conditions, service hours or credits.",
        )
    _check_months(uow, stretch)
    start, end = stretch.first.starts_at(STOCKHOLM), stretch.last.ends_at(STOCKHOLM)
    ids = await repository.agreements_within(uow.session, scope, stretch.agreement_id)
    if stretch.agreement_id is not None and not ids:
        raise not_found("agreement")
    await _check_size(uow, ids, stretch, start, end)
    known = await agreements.loaded(uow.session, ids)
    months = await _months(uow, known, stretch, proposal)
    until = min(end, uow.now)
    rows = await repository.alive(uow.session, ids, stretch.service, start, until)
    stories = await _stories(uow, known, rows)
    agreement_of = {row.id: row.agreement_id for row in rows}
    counts = _liveness(known, agreement_of)
    # A pure computation that may take a second: out of the way of other requests.
    compared = await asyncio.to_thread(
        _both, stories, until, months, proposal, agreement_of, counts
    )
    return Answer(stretch, until, {row.id: row for row in rows}, compared)


def _both(
    stories: Sequence[Story],
    until: datetime,
    months: Sequence[MonthOfService],
    proposal: Proposal,
    agreement_of: Mapping[str, str],
    counts: Counts,
) -> Compared:
    if not months:
        return Compared((), ())
    clocks = ProposedClocks(proposal)
    proposed = [
        replace(
            story, clocks=tuple(clocks.of(each, places_of(story.entries)) for each in story.clocks)
        )
        for story in stories
    ]
    return compare(
        _by_month(stories, until, months),
        _by_month(proposed, until, months),
        months,
        proposal,
        agreement_of,
        counts,
    )


def _by_month(
    stories: Sequence[Story], until: datetime, months: Sequence[MonthOfService]
) -> dict[str, list[ReplayedRound]]:
    """The rounds as each month's closing sees them, whatever came later."""
    bounds = {month.period: (month.start, min(month.end, until)) for month in months}
    return {
        period: replayed((each for each in stories if each.is_alive(start, end)), end)
        for period, (start, end) in sorted(bounds.items())
    }


def _check_months(uow: UnitOfWork, stretch: Stretch) -> None:
    present = Month.of(day_of(uow.now))
    most = rules().what_if.most_months
    count = 12 * (stretch.last.year - stretch.first.year) + stretch.last.month - stretch.first.month
    if stretch.last < stretch.first:
        why = f"{stretch.last} lies before {stretch.first}; turn them round"
    elif stretch.first > present:
        why = f"{stretch.first} has not begun, so it has no matters; ask about earlier months"
    elif count >= most:
        why = f"{count + 1} months are more than the {most} of one answer; ask about fewer"
    else:
        return
    raise Problem(problems.STRETCH_UNUSABLE, f"Nothing was replayed: {why}.", most_months=most)


async def _check_size(
    uow: UnitOfWork, ids: Sequence[str], stretch: Stretch, start: datetime, end: datetime
) -> None:
    most = rules().what_if.most_matters
    count = await repository.count_alive(uow.session, ids, stretch.service, start, end)
    if count > most:
        raise Problem(
            problems.TOO_MANY_MATTERS,
            f"Nothing was replayed: {count} matters are more than the {most} of one answer. Ask "
            "about fewer months, or about one agreement or service.",
            matters=count,
            most_matters=most,
        )


async def _months(
    uow: UnitOfWork, known: Mapping[str, Agreement], stretch: Stretch, proposal: Proposal
) -> list[MonthOfService]:
    """The months of services in operation, as they are measured today.

    Raises:
        Problem: ``level_unknown``, ``level_not_timed``.
    """
    session, ids = uow.session, list(known)
    levels = await repository.levels(session, ids)
    _check_levels(proposal, levels)
    terms = await repository.credit_terms(session, ids)
    closed = await repository.closed_results(session, ids, str(stretch.first), str(stretch.last))
    causes = _Causes(await repository.causes_of_matters(session, ids))
    found = []
    for agreement, service, month in _in_operation(known.values(), stretch):
        version = measuring_version(agreement, service, month).number
        own = levels.get((agreement.id, version, service), [])
        timed = {level.key for level in own if level.is_timed}
        kinds = {level.key: level.kind for level in own}
        others = [
            Measured(
                level=row.level,
                kind=kinds.get(row.level),
                required_share_percent=row.required_share_percent,
                good=row.good,
                total=row.total,
                excluded=row.excluded or 0,
                outcome_percent=row.outcome_percent,
            )
            for row in closed.get((agreement.id, service, str(month)), ())
            if row.level not in timed
        ]
        found.append(
            MonthOfService(
                agreement_id=agreement.id,
                service=service,
                period=str(month),
                start=month.starts_at(STOCKHOLM),
                end=month.ends_at(STOCKHOLM),
                levels=own,
                others=others,
                terms=terms.get((agreement.id, version)),
                excluded=causes.of_month(agreement.id, service, str(month)),
            )
        )
    return found


def _check_levels(
    proposal: Proposal, levels: Mapping[tuple[str, int, str], Sequence[Level]]
) -> None:
    known = {(service, each.key): each for (_, _, service), of in levels.items() for each in of}
    for service, key in proposal.levels:
        level = known.get((service, key))
        if level is None:
            raise Problem(
                LEVEL_UNKNOWN,
                f"Nothing was replayed: no agreement that the question is about has a level "
                f"{key} for {service}.",
                service=service,
                level=key,
            )
        if not level.is_timed:
            raise Problem(
                problems.LEVEL_NOT_TIMED,
                f"Nothing was replayed: {key} of {service} is not measured by clocks, so matters "
                "do not tell what would have come of it. Propose for levels of a time kind.",
                service=service,
                level=key,
            )


def _in_operation(
    known: Iterable[Agreement], stretch: Stretch
) -> Iterator[tuple[Agreement, str, Month]]:
    for agreement in known:
        services = {service for version in agreement.versions for service in version.services}
        for service in sorted(services):
            if stretch.service not in {None, service}:
                continue
            days = agreement.days_of(service)
            month = stretch.first
            while month <= stretch.last:
                if touches(days, month.first_day, month.last_day):
                    yield agreement, service, month
                month = month.next


async def _stories(
    uow: UnitOfWork, known: Mapping[str, Agreement], rows: Sequence[MatterRow]
) -> list[Story]:
    logs = await matters.logs_of(uow.session, [row.id for row in rows])
    sources: dict[str, TermsSource] = {}
    found = []
    for row in rows:
        agreement = known[row.agreement_id]
        source = sources.setdefault(agreement.id, TermsSource(uow, agreement))
        clocks = await source.clocks(logs[row.id].as_known())
        own = tuple(clock for clock in clocks if clock.rule.beneath is Beneath.CUSTOMER)
        found.append(Story(row.id, logs[row.id], own))
    return found


def _liveness(known: Mapping[str, Agreement], agreement_of: Mapping[str, str]) -> Counts:
    @cache
    def on(agreement_id: str, service: str, day: date) -> bool:
        return known[agreement_id].is_live(service, day)

    return lambda each: (
        each.decided_at is not None
        and on(agreement_of[each.matter_id], each.place.service, day_of(each.decided_at))
    )


class _Causes:
    """What was stated about matters; of what concerns a level, the latest counts."""

    def __init__(self, rows: Sequence[CauseRow]) -> None:
        self._by_subject: dict[tuple[str, str, str], list[CauseRow]] = {}
        for row in rows:
            key = (row.agreement_id, row.service, row.subject)
            self._by_subject.setdefault(key, []).append(row)

    def of_month(
        self, agreement_id: str, service: str, period: str
    ) -> Callable[[CreditTerms, str, str], bool]:
        """Whether a level's breach of a matter in a month was due to an excluded cause."""

        def excluded(terms: CreditTerms, level: str, matter_id: str) -> bool:
            stated = self._by_subject.get((agreement_id, service, f"matter:{matter_id}"), ())
            found = [
                row for row in stated if row.level in {None, level} and row.period in {None, period}
            ]
            return bool(found) and found[-1].cause in terms.exclusions

        return excluded
