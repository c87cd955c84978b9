"""What a key gives each: exact shares, and the steps that lead to them.

Shares always sum to the amount. A step (``Step``) keeps what was shared, among whom, by what,
and the steps inside it; explanations are told from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.amounts import sek
from services.billing.cost_sharing.limits import clamp
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.problems import (
    DRIVER_WITHOUT_DATA,
    NOBODY_TO_SHARE,
    ORDER_MISSING,
    PORTIONS_NOT_WHOLE,
    SUMS_NOT_WHOLE,
)
from services.billing.cost_sharing.standing import Standing
from services.chassis.problems import Problem

Shares = Mapping[str, Fraction]


@dataclass(frozen=True)
class Step:
    """One key at work: ``amount`` was shared among ``shares``' names by their ``weights``.

    ``weights`` are portions, quantities of a driver, budgets or sums, as the key has it.
    ``inside`` are the steps within, with the portion, group or sum that they are about.
    """

    key: written.Key
    amount: Fraction
    shares: Shares
    weights: Shares = field(default_factory=dict)
    inside: tuple[tuple[str, Step], ...] = ()


def share(key: written.Key, amount: Fraction, among: Sequence[str], standing: Standing) -> Step:
    """Share an amount exactly.

    Args:
        key: how.
        amount: in öre; keys with fixed sums or limits need it to be above nought.
        among: the names of parties or groups, in order.
        standing: how things stand.

    Raises:
        Problem: nobody is there, a driver has no data, portions or sums do not fit the whole,
            limits cannot hold, an index has no value, or nobody has ordered.
    """
    if not among:
        raise Problem(
            NOBODY_TO_SHARE,
            f"From {standing.first} to {standing.last} nobody takes part to whom the key"
            f" {key.kind} could give the cost. Register the parties, or change the key.",
            first_day=standing.first.isoformat(),
            last_day=standing.last.isoformat(),
        )
    step = cast("Callable[..., Step]", _KINDS[key.kind])
    return step(key, amount, tuple(among), standing)


def is_proportional(key: written.Key) -> bool:
    """Whether twice the amount gives each twice as much: without fixed sums and limits."""
    match key:
        case written.FixedSums() | written.Limited():
            return False
        case written.Among() | written.OnlyThoseWhoOrdered():
            return is_proportional(key.by)
        case written.FormerBudget():
            return is_proportional(key.then)
        case written.Mix():
            return all(is_proportional(part.by) for part in key.parts)
        case written.ByGroup():
            within = [key.within, *(each.by for each in key.exceptions)]
            return all(is_proportional(each) for each in [key.between, *within])
        case _:
            return True


def _in_proportion(amount: Fraction, weights: Shares) -> Shares:
    whole = sum(weights.values(), Fraction(0))
    return {name: amount * weight / whole for name, weight in weights.items()}


def _equal(
    key: written.Equal, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    weights = dict.fromkeys(among, Fraction(1))
    return Step(key, amount, _in_proportion(amount, weights), weights)


def _portions(
    key: written.Portions, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    weights = {each.of: portion(each.portion) for each in key.portions if each.of in among}
    whole = sum(weights.values(), Fraction(0))
    if whole != 1:
        gone = sorted({each.of for each in key.portions} - set(among))
        raise Problem(
            PORTIONS_NOT_WHOLE,
            f"The portions of those who take part from {standing.first} to {standing.last} come"
            f" to {whole}, not to 1; {', '.join(gone)} take no part then. Register a version with"
            " portions for those who do.",
            portions_sum=str(whole),
            without_part=gone,
        )
    shares = {name: amount * weights.get(name, Fraction(0)) for name in among}
    return Step(key, amount, shares, weights)


def _by_driver(
    key: written.ByDriver, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    weights = {name: standing.quantity(key.driver, name) or Fraction(0) for name in among}
    missing = [party for name in among for party in standing.without_reading(key.driver, name)]
    refused = missing and key.without_reading is written.WithoutReading.REFUSED
    if refused or not any(weights.values()):
        raise Problem(
            DRIVER_WITHOUT_DATA,
            f"From {standing.first} to {standing.last} the driver {key.driver} has no reading of"
            f" {', '.join(missing) or 'anybody above nought'}. Register the readings, or let the"
            " key take a missing one for nought.",
            driver=key.driver,
            parties=missing,
            first_day=standing.first.isoformat(),
            last_day=standing.last.isoformat(),
        )
    return Step(key, amount, _in_proportion(amount, weights), weights)


def _fixed_sums(
    key: written.FixedSums, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    ratio = standing.ratio(key.indexed) * standing.years
    sums = {each.of: each.amount_ore * ratio for each in key.sums if each.of in among}
    left = amount - sum(sums.values(), Fraction(0))
    others = [name for name in among if name not in sums]
    if left < 0 or (left > 0 and (key.rest is None or not others)):
        raise Problem(
            SUMS_NOT_WHOLE,
            f"From {standing.first} to {standing.last} the fixed sums come to"
            f" {sek(amount - left, 'en')} of a cost of {sek(amount, 'en')}, and nobody is there"
            " for the difference. Change the sums, or add a key for the rest.",
            sums_ore=str(amount - left),
            cost_ore=str(amount),
        )
    shares = dict.fromkeys(among, Fraction(0)) | sums
    if key.rest is None or not left:
        return Step(key, amount, shares, sums)
    rest = share(key.rest, left, others, standing)
    return Step(key, amount, shares | dict(rest.shares), sums, (("rest", rest),))


def _by_group(
    key: written.ByGroup, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    of_group = {
        group: [name for name in standing.members(group) if name in among] for group in key.groups
    }
    peopled = [group for group, members in of_group.items() if members]
    # Of a group only those count who share this cost, not who did not order it.
    between = share(key.between, amount, peopled, standing.of(among))
    own = {each.group: each.by for each in key.exceptions}
    shares = dict.fromkeys(among, Fraction(0))
    inside: list[tuple[str, Step]] = [("between", between)]
    for group in peopled:
        if not between.shares[group]:
            continue
        within = share(own.get(group, key.within), between.shares[group], of_group[group], standing)
        inside.append((group, within))
        for name, part in within.shares.items():
            shares[name] += part
    return Step(key, amount, shares, inside=tuple(inside))


def _former_budget(
    key: written.FormerBudget, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    begun = [stage for stage in key.stages if stage.from_day <= standing.first]
    new = portion(max(begun, key=lambda stage: stage.from_day).portion) if begun else Fraction(0)
    budgets = {each.of: Fraction(each.amount_ore) for each in key.budgets if each.of in among}
    shares = dict.fromkeys(among, Fraction(0))
    if new < 1:
        if not any(budgets.values()):
            raise Problem(
                DRIVER_WITHOUT_DATA,
                f"Nobody who takes part from {standing.first} to {standing.last} has a former"
                " budget. Register a version with their budgets, or a later stage.",
                driver="former_budget",
                parties=list(among),
            )
        shares |= _in_proportion(amount * (1 - new), budgets)
    if not new:
        return Step(key, amount, shares, budgets)
    then = share(key.then, amount * new, among, standing)
    for name, part in then.shares.items():
        shares[name] += part
    return Step(key, amount, shares, budgets, (("then", then),))


def _among(
    key: written.Among, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    meant = set(key.members)
    for name in key.members:
        meant.update(standing.parties_of(name))
    return _narrowed(
        key, key.by, amount, among, [name for name in among if name in meant], standing
    )


def _ordered(
    key: written.OnlyThoseWhoOrdered,
    amount: Fraction,
    among: tuple[str, ...],
    standing: Standing,
) -> Step:
    who = [name for name in among if standing.ordered_by and name in standing.ordered_by]
    if not who:
        raise Problem(
            ORDER_MISSING,
            f"A cost item from {standing.first} to {standing.last} is for those who ordered it,"
            " and names nobody who takes part then. Register it again with who ordered it, and"
            " take this one back.",
            ordered_by=sorted(standing.ordered_by or ()),
        )
    return _narrowed(key, key.by, amount, among, who, standing)


def _narrowed(
    key: written.Key,
    by: written.Key,
    amount: Fraction,
    among: tuple[str, ...],
    fewer: list[str],
    standing: Standing,
) -> Step:
    inner = share(by, amount, fewer, standing)
    shares = dict.fromkeys(among, Fraction(0)) | dict(inner.shares)
    return Step(key, amount, shares, inside=(("by", inner),))


def _mix(key: written.Mix, amount: Fraction, among: tuple[str, ...], standing: Standing) -> Step:
    shares = dict.fromkeys(among, Fraction(0))
    inside: list[tuple[str, Step]] = []
    for part in key.parts:
        step = share(part.by, amount * portion(part.portion), among, standing)
        inside.append((part.portion, step))
        for name, share_of_part in step.shares.items():
            shares[name] += share_of_part
    return Step(key, amount, shares, inside=tuple(inside))


def _limited(
    key: written.Limited, amount: Fraction, among: tuple[str, ...], standing: Standing
) -> Step:
    inner = share(key.by, amount, among, standing)
    ratio = standing.ratio(key.indexed) * standing.years
    general = [each for each in key.limits if each.of is None]
    floors, caps = {}, {}
    for name in among:
        for limit in [*general, *(each for each in key.limits if each.of == name)]:
            floors[name] = limit.floor_ore * ratio
            caps[name] = None if limit.cap_ore is None else limit.cap_ore * ratio
    shares = clamp(inner.shares, floors, caps, standing.first, standing.last)
    return Step(key, amount, shares, inner.shares, (("by", inner),))


_KINDS: Mapping[str, Any] = {
    "equal": _equal,
    "portions": _portions,
    "by_driver": _by_driver,
    "fixed_sums": _fixed_sums,
    "by_group": _by_group,
    "former_budget": _former_budget,
    "among": _among,
    "only_those_who_ordered": _ordered,
    "mix": _mix,
    "limited": _limited,
}
