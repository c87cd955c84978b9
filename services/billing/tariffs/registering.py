"""Use cases of a tariff's life: register, note the consultation, publish, withdraw, show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.billing.own_prices.catalogue import priced_services
from services.billing.schedule import stockholm_day
from services.billing.tables import TariffVersionRow
from services.billing.tariffs import repository
from services.billing.tariffs.checks import Fault, faults
from services.billing.tariffs.documents import items_in
from services.billing.tariffs.items import ItemDocument
from services.billing.tariffs.problems import (
    CONSULTATION_IN_FUTURE,
    CONSULTATION_MISSING,
    TARIFF_GAP,
    TARIFF_ITEMS_FAULTY,
    TARIFF_NOT_OPEN,
    TARIFF_PERIOD_UNCLEAR,
    TARIFF_WITHDRAWN,
    TARIFFS_OVERLAP,
)
from services.billing.tariffs.repository import Head
from services.billing.tariffs.versions import (
    Segment,
    Step,
    TariffGapError,
    TariffsOverlapError,
    TariffStatus,
    TariffVersion,
    require_fits,
    timeline,
)
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork


def days_of(
    year: int | None, valid_from: date | None, valid_until: date | None
) -> tuple[date, date | None]:
    """The days that a tariff is for, given a year or a period.

    Raises:
        Problem: ``tariff_period_unclear``.
    """
    if year is not None and valid_from is None and valid_until is None:
        return date(year, 1, 1), date(year, 12, 31)
    if year is not None or valid_from is None:
        raise Problem(
            TARIFF_PERIOD_UNCLEAR,
            "Say which days the tariff is for in one way: a year; or valid_from, with"
            " valid_until unless it is until further.",
        )
    if valid_until is not None and valid_until < valid_from:
        raise Problem(
            TARIFF_PERIOD_UNCLEAR,
            f"The last day, {valid_until}, lies before the first, {valid_from}; turn them round.",
        )
    return valid_from, valid_until


async def register_file(
    uow: UnitOfWork, head: Head, media_type: str, content: bytes
) -> TariffVersion:
    """Register a tariff whose items are a file, whole or not at all.

    Raises:
        Problem: ``tariff_file_unreadable``, ``file_cut_short``; ``tariff_items_faulty``, with
            every fault by row and column.
    """
    placed, found = items_in(media_type, content)
    items = [each.item for each in placed]
    found += [placed[each.row - 1].at(each) for each in faults(items, priced_services())]
    _refuse_faults(sorted(found, key=lambda each: each.row), head.key)
    return await _register(uow, head, items)


async def register(uow: UnitOfWork, head: Head, items: Sequence[ItemDocument]) -> TariffVersion:
    """Register a tariff, or a further version of one, as a draft.

    Raises:
        Problem: ``tariff_items_faulty``, with every fault by row and field.
    """
    _refuse_faults(list(faults(items, priced_services())), head.key)
    return await _register(uow, head, items)


async def _register(uow: UnitOfWork, head: Head, items: Sequence[ItemDocument]) -> TariffVersion:
    known = await repository.versions(uow.session, head.key)
    number = max((each.number for each in known), default=0) + 1
    version = await repository.add(uow.session, head, items, number, _by(uow))
    uow.audit("tariff-registered", version.id, f"{head.key} version {number}")
    return version


def _refuse_faults(found: Sequence[Fault], key: str) -> None:
    if not found:
        return
    first = found[0]
    more = f" Faults in all: {len(found)}." if len(found) > 1 else ""
    raise Problem(
        TARIFF_ITEMS_FAULTY,
        f"Nothing was registered of {key}. Row {first.row}, {first.field}: {first.said}.{more}",
        faults=[
            {"row": each.row, "field": each.field, "code": each.code.value, "message": each.said}
            for each in found[:100]
        ],
    )


async def note_consultation(
    uow: UnitOfWork,
    key: str,
    number: int,
    *,
    consulted: str,
    held_on: date,
    answer: str,
    reference: str,
) -> TariffVersion:
    """Note that the version was consulted on, with whom and what they said.

    Raises:
        Problem: ``not_found``, ``tariff_not_open``, ``consultation_in_future``.
    """
    row = await _row(uow, key, number)
    version = repository.version_of(row)
    if version.status is not TariffStatus.DRAFT:
        _refuse_not_open(version, "A consultation is noted once, before the version is published")
    if held_on > stockholm_day(uow.now):
        raise Problem(
            CONSULTATION_IN_FUTURE,
            f"{held_on} has not come, so nobody has answered yet; note it then.",
        )
    row.consulted, row.consulted_on = consulted, held_on
    row.consultation_answer, row.consultation_reference = answer, reference
    step = _by(uow)
    row.consultation_noted_by, row.consultation_noted_at = step.by, step.at
    return await _kept(uow, row, "tariff-consulted")


async def publish(uow: UnitOfWork, key: str, number: int) -> TariffVersion:
    """Publish a version: from now on fees are reckoned by it on its days.

    Raises:
        Problem: ``not_found``, ``consultation_missing``, ``tariff_not_open``,
            ``tariffs_overlap``, ``tariff_gap``.
    """
    everything = await repository.locked(uow.session)
    row = await _row(uow, key, number)
    version = repository.version_of(row)
    if version.status is TariffStatus.DRAFT:
        raise Problem(
            CONSULTATION_MISSING,
            "Fees are settled in consultation with ESV (avgiftsförordningen 1992:191). Note with"
            " whom, when, what they answered and where it is kept; then publish.",
        )
    if version.status is not TariffStatus.CONSULTED:
        _refuse_not_open(version, "A version is published once")
    _require_fits([each for each in everything if each.stands_at(uow.now)], version)
    step = _by(uow)
    row.published_by, row.published_at = step.by, step.at
    return await _kept(uow, row, "tariff-published")


def _require_fits(standing: Sequence[TariffVersion], version: TariffVersion) -> None:
    try:
        require_fits(standing, version)
    except TariffsOverlapError as error:
        raise Problem(
            TARIFFS_OVERLAP,
            f"{_called(error.earlier)} and {_called(error.later)} would both hold from"
            f" {error.later.first}. Change the days in a new version, register it as a version of"
            " the same tariff, or withdraw the other one.",
            tariffs=[_named(error.earlier), _named(error.later)],
        ) from error
    except TariffGapError as error:
        raise Problem(
            TARIFF_GAP,
            f"From {error.first} to {error.last} there would be no tariff, and no fee could be"
            " reckoned. Let the tariff begin the day after the one before it, or publish one for"
            " those days first.",
            first_day=error.first.isoformat(),
            last_day=error.last.isoformat(),
        ) from error


def _require_no_return(standing: Sequence[TariffVersion]) -> None:
    """Refuse a withdrawal by which an older version would come back onto another's days."""
    try:
        timeline(standing)
    except TariffsOverlapError as error:
        raise Problem(
            TARIFFS_OVERLAP,
            f"Without it, {_called(error.earlier)} and {_called(error.later)} would both hold from"
            f" {error.later.first}. Withdraw the older version of the tariff first.",
            tariffs=[_named(error.earlier), _named(error.later)],
        ) from error


def _called(segment: Segment) -> str:
    return f"{segment.version.tariff.key} version {segment.version.number}"


def _named(segment: Segment) -> dict[str, Any]:
    return {"key": segment.version.tariff.key, "version": segment.version.number}


async def withdraw(uow: UnitOfWork, key: str, number: int, reason: str) -> TariffVersion:
    """Withdraw a version; what was quoted or signed by it stands.

    Raises:
        Problem: ``not_found``, ``tariff_withdrawn``, ``tariffs_overlap``.
    """
    everything = await repository.locked(uow.session)
    row = await _row(uow, key, number)
    if row.withdrawn_at is not None:
        raise Problem(
            TARIFF_WITHDRAWN,
            f"{key} version {number} is withdrawn already: {row.withdrawal_reason}",
        )
    _require_no_return(
        [each for each in everything if each.stands_at(uow.now) and each.id != row.id]
    )
    step = _by(uow)
    row.withdrawn_by, row.withdrawn_at = step.by, step.at
    row.withdrawal_reason = reason
    return await _kept(uow, row, "tariff-withdrawn")


async def listed(
    uow: UnitOfWork, day: date | None, known_at: datetime | None
) -> Sequence[TariffVersion]:
    """The version of each published tariff that was published last, by what was known when.

    With a day, only the version that holds on it.
    """
    instant = known_at or uow.now
    versions = await repository.versions(uow.session)
    standing = [each for each in versions if each.stands_at(instant)]
    if day is not None:
        return [each.version for each in timeline(standing) if each.has(day)]
    newest = {each.tariff.key: each for each in standing}
    return sorted(newest.values(), key=lambda each: each.tariff.key)


async def show(uow: UnitOfWork, key: str, number: int | None, *, staff: bool) -> TariffVersion:
    """One version of a tariff; without a number the newest one that stands.

    An agency sees what has been published, withdrawn or not.

    Raises:
        Problem: ``not_found``.
    """
    versions = await history(uow, key, staff=staff)
    if number is not None:
        versions = [each for each in versions if each.number == number]
    if not versions:
        raise not_found("tariff")
    standing = [each for each in versions if each.stands_at(uow.now)]
    return (standing or versions)[-1]


async def history(uow: UnitOfWork, key: str, *, staff: bool) -> list[TariffVersion]:
    """Every version of a tariff that one may see, in order of their numbers.

    Raises:
        Problem: ``not_found``; there is none.
    """
    found = [
        each
        for each in await repository.versions(uow.session, key)
        if staff or each.published is not None
    ]
    if not found:
        raise not_found("tariff")
    return found


async def _row(uow: UnitOfWork, key: str, number: int) -> TariffVersionRow:
    row = await repository.row(uow.session, key, number)
    if row is None:
        raise not_found("tariff")
    return row


async def _kept(uow: UnitOfWork, row: TariffVersionRow, action: str) -> TariffVersion:
    await uow.session.flush()
    uow.audit(action, row.id, f"{row.key} version {row.number}")
    return repository.version_of(row)


def _by(uow: UnitOfWork) -> Step:
    return Step(uow.actor.client_id if uow.actor else "system", uow.now)


def _refuse_not_open(version: TariffVersion, said: str) -> None:
    raise Problem(
        TARIFF_NOT_OPEN,
        f"{said}; {version.tariff.key} version {version.number} is {version.status.value}."
        " Register a new version for a change.",
        status_of_version=version.status.value,
    )
