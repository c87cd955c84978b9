"""What must be right about a version before it may hold, whatever facts it is fed with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing import levels
from services.billing.cost_sharing.correcting import day_of
from services.billing.cost_sharing.language import (
    Appropriation,
    DriverKind,
    Invoiced,
    LateJoining,
    LatePayment,
    Line,
    Per,
    Price,
    Prices,
    Version,
    key_of,
    window,
)
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.problems import (
    ARRANGEMENT_INCOMPLETE,
    DAYS_TURNED_ROUND,
    EFFECTIVE_DAYS_OVERLAP,
    GROUPS_IN_A_CIRCLE,
    KEYS_DO_NOT_GO_TOGETHER,
    NAME_TAKEN_TWICE,
    PORTIONS_NOT_WHOLE,
    UNKNOWN_REFERENCE,
    UNKNOWN_UNIT,
)
from services.billing.cost_sharing.standing import groups_within
from services.billing.cost_sharing.stretches import asks_who_ordered, keys_in
from services.billing.cost_sharing.units import units
from services.chassis.problems import Problem


def check(version: Version, parties: Collection[str]) -> None:
    """Refuse a version that could not share any cost as it says.

    Args:
        version: the version.
        parties: the keys of the arrangement's parties.

    Raises:
        Problem: ``days_turned_round``, ``name_taken_twice``, ``groups_in_a_circle``,
            ``unknown_unit``, ``unknown_reference``, ``portions_not_whole``,
            ``keys_do_not_go_together`` or ``arrangement_incomplete``, each naming what is wrong.
    """
    if version.effective_until is not None and version.effective_until < version.effective_from:
        raise Problem(
            DAYS_TURNED_ROUND,
            f"The version would hold from {version.effective_from} until"
            f" {version.effective_until}. Turn the days round.",
        )
    _names(version, parties)
    _circles(version)
    _units(version)
    _references(version, parties)
    for line in version.lines:
        _whole(line.key, key_of(line))
        levels.check(line.key, key_of(line), parties)
        _complete(line, version)
    _days(version)
    for rule in version.late_joining:
        _whole("late_joining", rule.by)
        levels.check("late_joining", rule.by, parties)
        _late(rule)


def check_days(version: Version, others: Iterable[Version]) -> None:
    """Refuse a version that would hold on a day on which another does.

    A version without a last day of its own gives way to the next; one with a last day is
    meant to hold until then.

    Raises:
        Problem: ``effective_days_overlap``.
    """
    beside = tuple(others)
    for other in beside:
        first, second = sorted((version, other), key=lambda each: each.effective_from)
        stays = first.effective_until is not None and first.effective_until >= second.effective_from
        if stays or first.effective_from == second.effective_from:
            begins, ends = window(other, beside)
            raise Problem(
                EFFECTIVE_DAYS_OVERLAP,
                f"A version holds from {begins}"
                + (f" until {ends}" if other.effective_until else "")
                + f", and this one would from {version.effective_from}. Choose days that are free.",
                effective_from=begins.isoformat(),
            )


def _days(version: Version) -> None:
    for text in () if version.true_up is None else version.true_up.days:
        try:
            day_of(text, version.effective_from.year)
        except ValueError:
            raise _incomplete("true_up", f"no year has a day {text}") from None


def _names(version: Version, parties: Collection[str]) -> None:
    for what, names in {
        "line": [line.key for line in version.lines],
        "driver": [driver.key for driver in version.drivers],
        "party or group": [*parties, *(group.key for group in version.groups)],
    }.items():
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            raise Problem(
                NAME_TAKEN_TWICE,
                f"There is more than one {what} of the name {', '.join(twice)}. Give each its own.",
                names=twice,
            )


def _circles(version: Version) -> None:
    known = {group.key for group in version.groups}
    for group in version.groups:
        inside = {name for each in group.contains for name in groups_within(version.groups, each)}
        if group.key in inside & known:
            raise Problem(
                GROUPS_IN_A_CIRCLE,
                f"The group {group.key} contains itself, if only through others, so nobody could"
                " say who is in it. Take one of them out of the other.",
                group=group.key,
            )


def _units(version: Version) -> None:
    unknown = sorted({driver.unit for driver in version.drivers} - units().keys())
    if unknown:
        raise Problem(
            UNKNOWN_UNIT,
            f"Nothing is counted in {', '.join(unknown)}. Choose one of the known units.",
            unknown=unknown,
            known=sorted(units()),
        )


def _references(version: Version, parties: Collection[str]) -> None:
    groups = {group.key for group in version.groups}
    drivers = {driver.key for driver in version.drivers}
    lines = {line.key for line in version.lines}
    named = {*parties, *groups}
    unknown: set[str] = set()
    for group in version.groups:
        unknown |= set(group.contains) - groups
    for line in version.lines:
        if line.paid_by is not None:
            unknown |= {line.paid_by} - set(parties)
        if isinstance(line.charge, Prices):
            prices = line.charge.prices
            unknown |= {price.of for price in prices if price.of is not None} - named
            unknown |= {price.driver for price in prices if price.driver is not None} - drivers
    for rule in version.late_joining:
        unknown |= set(rule.lines) - lines
    for key in _all_keys(version):
        names, groups_named, drivers_named = _named_by(key)
        unknown |= (names - named) | (groups_named - groups) | (drivers_named - drivers)
    if unknown:
        raise Problem(
            UNKNOWN_REFERENCE,
            f"The version names {', '.join(sorted(unknown))}, and there is no such party, group,"
            " driver or line. Register the parties first; groups, drivers and lines stand in the"
            " version.",
            unknown=sorted(unknown),
        )


def _all_keys(version: Version) -> Iterator[written.Key]:
    for line in version.lines:
        yield from keys_in(key_of(line))
    for rule in version.late_joining:
        yield from keys_in(rule.by)


def _named_by(key: written.Key) -> tuple[set[str], set[str], set[str]]:
    """The parties or groups, the groups, and the drivers that a key itself names."""
    match key:
        case written.Portions():
            return {each.of for each in key.portions}, set(), set()
        case written.FixedSums():
            return {each.of for each in key.sums}, set(), set()
        case written.FormerBudget():
            return {each.of for each in key.budgets}, set(), set()
        case written.Limited():
            return {each.of for each in key.limits if each.of is not None}, set(), set()
        case written.Among():
            return set(key.members), set(), set()
        case written.ByGroup():
            return set(), {*key.groups, *(each.group for each in key.exceptions)}, set()
        case written.ByDriver():
            return set(), set(), {key.driver}
        case _:
            return set(), set(), set()


def _whole(where: str, key: written.Key | None) -> None:
    for each in keys_in(key):
        if isinstance(each, written.Portions):
            portions = [part.portion for part in each.portions]
        elif isinstance(each, written.Mix):
            portions = [part.portion for part in each.parts]
        else:
            continue
        whole = sum((portion(text) for text in portions), Fraction(0))
        if whole != 1:
            raise Problem(
                PORTIONS_NOT_WHOLE,
                f"The portions of a key of {where} come to {whole}, not to 1, so a part of the cost"
                " would be lost or charged twice. Change them; thirds are written 1/3.",
                line=where,
                portions_sum=str(whole),
            )


def _complete(line: Line, version: Version) -> None:
    if (line.invoiced is Invoiced.IN_MONTH) != (line.invoicing_month is not None):
        raise _incomplete(line.key, "a line invoiced in a month, and no other, names the month")
    if line.paid_by is not None and isinstance(line.charge, Prices | Appropriation):
        raise _incomplete(line.key, "only a shared cost can be paid by one party for work done")
    if isinstance(line.charge, Prices):
        for price in line.charge.prices:
            _complete_price(line, price, version)
    if asks_who_ordered(key_of(line)) and any(
        isinstance(key, written.FixedSums | written.Limited) for key in keys_in(key_of(line))
    ):
        raise Problem(
            KEYS_DO_NOT_GO_TOGETHER,
            f"In {line.key} fixed sums, floors or caps are about the whole cost of the line, and"
            " other items are for those who ordered them. Make two lines of it.",
            line=line.key,
        )
    for key in keys_in(key_of(line)):
        stage_portions = [portion(stage.portion) for stage in getattr(key, "stages", ())]
        if any(each > 1 for each in stage_portions):
            raise _incomplete(line.key, "a stage cannot be more than the whole")


def _complete_price(line: Line, price: Price, version: Version) -> None:
    if price.per.needs_driver != (price.driver is not None):
        raise _incomplete(
            line.key, f"the price {price.name} per {price.per} needs its driver, or none"
        )
    if price.driver is None:
        return
    is_flow = version.driver(price.driver).kind is DriverKind.FLOW
    if is_flow != (price.per is Per.UNIT):
        raise _incomplete(
            line.key,
            f"a flow such as cases is priced per unit, a stock such as employees per unit and"
            f" month or year; {price.name} has it the other way round",
        )


def _late(rule: LateJoining) -> None:
    agreed = rule.payment is LatePayment.AGREED
    given = (rule.amount_ore is not None, rule.months is not None, rule.by is not None)
    if asks_who_ordered(rule.by):
        raise Problem(
            KEYS_DO_NOT_GO_TOGETHER,
            "What is left of earlier costs was ordered by nobody in particular, so a late party's"
            " part of it cannot be for those who ordered. Choose another key in late_joining.",
            line="late_joining",
        )
    if given != (agreed, not agreed, not agreed):
        raise _incomplete(
            "late_joining",
            "an agreed payment has its amount, one of the remaining value its months and its key",
        )


def _incomplete(where: str, what: str) -> Problem:
    return Problem(
        ARRANGEMENT_INCOMPLETE,
        f"Look at {where}: {what}. Nothing was registered; complete the version.",
        where=where,
    )
