"""Use cases of full-time equivalents: take a batch in, list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.billing.cost_sharing.problems import FACT_CONFLICT, UNKNOWN_REFERENCE
from services.billing.costs.registering import Taken, who
from services.billing.months import Month, last_month_ended_by
from services.billing.own_prices.catalogue import priced_services
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.productivity import repository
from services.billing.productivity.problems import FULL_TIME_EQUIVALENTS_CORRECTED_BEFORE
from services.billing.schedule import stockholm_day
from services.billing.tables import FullTimeEquivalentRow
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class FullTimeFact:
    """How many full-time equivalents worked for a service in a month, in hundredths.

    Several of one service and month add up. One that ``corrects`` another of its source, by
    name, takes its place.
    """

    id: str
    service: str
    month: Month
    hundredths: int
    corrects: str | None = None


async def add(uow: UnitOfWork, source: str, facts: Sequence[FullTimeFact]) -> Taken:
    """Take in a batch, all of it or nothing; what came before is left as it is.

    Raises:
        Problem: ``unknown_reference``, ``period_not_ended``, ``fact_conflict``,
            ``full_time_equivalents_corrected_before``, with ``row`` counted from 1.
    """
    await repository.take_turn(uow.session)
    names = {name for each in facts for name in (each.id, each.corrects) if name is not None}
    rows = await repository.reported(uow.session, source, names)
    known = {row.source_id: fact_of(row) for row in rows}
    new = unknown_of(facts, known, last_month_ended_by(stockholm_day(uow.now)))
    uow.session.add_all(
        FullTimeEquivalentRow(
            id=new_id(),
            source=source,
            source_id=each.id,
            service=each.service,
            period=str(each.month),
            hundredths=each.hundredths,
            corrects=each.corrects,
            registered_by=who(uow),
            recorded_at=uow.recorded_at,
        )
        for each in new
    )
    await uow.session.flush()
    return Taken(len(new), len(facts) - len(new))


def fact_of(row: FullTimeEquivalentRow) -> FullTimeFact:
    """A stored one."""
    return FullTimeFact(
        row.source_id, row.service, Month.parse(row.period), row.hundredths, row.corrects
    )


def unknown_of(
    facts: Sequence[FullTimeFact], known: Mapping[str, FullTimeFact], last_ended: Month
) -> list[FullTimeFact]:
    """Those of a batch that have not come before, in its order.

    Args:
        facts: the batch; one may correct another that stands before it.
        known: what the source reported under the batch's names, or to correct them.
        last_ended: the last month that has ended.

    Raises:
        Problem: as ``add`` says.
    """
    seen = dict(known)
    correcting = {each.corrects: each.id for each in known.values() if each.corrects is not None}
    new: list[FullTimeFact] = []
    for row, fact in enumerate(facts, start=1):
        before = seen.get(fact.id)
        if before == fact:
            continue
        if before is not None:
            raise Problem(
                FACT_CONFLICT,
                f"Row {row}: {fact.id} came before with another content, which stands. Nothing"
                " was taken in; send a correction under a name of its own.",
                row=row,
                column="id",
                conflicts=[fact.id],
            )
        _check(row, fact, seen, correcting, last_ended)
        seen[fact.id] = fact
        if fact.corrects is not None:
            correcting[fact.corrects] = fact.id
        new.append(fact)
    return new


def _check(
    row: int,
    fact: FullTimeFact,
    seen: Mapping[str, FullTimeFact],
    correcting: Mapping[str, str],
    last_ended: Month,
) -> None:
    if fact.service not in priced_services():
        raise Problem(
            UNKNOWN_REFERENCE,
            f"Row {row} is for the service {fact.service}, and there is none. Nothing was taken"
            " in; name a service of the catalogue.",
            row=row,
            column="service",
            unknown=[fact.service],
        )
    if fact.month > last_ended:
        raise Problem(
            PERIOD_NOT_ENDED,
            f"Row {row}: {fact.month} has not ended, so nobody knows yet how many worked in it."
            " Nothing was taken in; send it afterwards.",
            row=row,
            column="period",
        )
    if fact.corrects is None:
        return
    if fact.corrects not in seen:
        raise Problem(
            UNKNOWN_REFERENCE,
            f"Row {row} corrects {fact.corrects}, which this source has not sent. Nothing was"
            " taken in; send that one first.",
            row=row,
            column="corrects",
            unknown=[fact.corrects],
        )
    if fact.corrects in correcting:
        raise Problem(
            FULL_TIME_EQUIVALENTS_CORRECTED_BEFORE,
            f"Row {row} corrects {fact.corrects}, which {correcting[fact.corrects]} has taken the"
            " place of. Nothing was taken in; correct that one.",
            row=row,
            column="corrects",
            corrected_by=correcting[fact.corrects],
        )
