"""Own prices: version by version, and which of them hold for an agency on a day.

Fees cover full cost (avgiftsförordningen 1992:191, 5 section), so a service that no
published tariff prices has a price of the centre's own, calculated at cost. A price is of
one service, by one unit, for all agencies or for one. Its versions never change: a new one
takes over from its first day, one that replaces another takes that one's place from the
beginning, and a withdrawal is a version without an amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class PriceVersion:
    """A version of an own price, as it was registered.

    Attributes:
        number: 1 for the first version of the price, then rising by one.
        org_number: the only agency it is for; None is for all that have no price of their
            own for the service.
        amount_ore: öre for one of ``unit``, 0 or more; None withdraws the price.
        cost_basis: how the cost price was calculated; of a withdrawal, its reason.
        replaces: the number of the version that it takes the place of, if any.
    """

    id: str
    service: str
    service_area: str
    unit: str
    org_number: str | None
    number: int
    amount_ore: int | None
    name: str
    name_sv: str
    cost_basis: str
    valid_from: date
    replaces: int | None = None

    @property
    def key(self) -> str:
        """What the price is called among the fee items of an agreement."""
        return f"own-{self.service}-{self.unit}"

    @property
    def series(self) -> tuple[str, str, str | None]:
        """The price that it is a version of."""
        return self.service, self.unit, self.org_number


class OverlapError(Exception):
    """A version would hold on days of ``standing``, which it does not replace."""

    def __init__(self, standing: PriceVersion) -> None:
        super().__init__(f"version {standing.number} holds from {standing.valid_from}")
        self.standing = standing


class NotNewestError(Exception):
    """A version was to be replaced that is not the newest one; that is ``newest``, if any."""

    def __init__(self, newest: PriceVersion | None) -> None:
        super().__init__("not the newest version")
        self.newest = newest


def standing(versions: Sequence[PriceVersion]) -> tuple[PriceVersion, ...]:
    """The versions of one price that none has replaced, by the day from which each holds."""
    replaced = {version.replaces for version in versions}
    left = (version for version in versions if version.number not in replaced)
    return tuple(sorted(left, key=lambda version: version.number))


def next_number(versions: Sequence[PriceVersion], valid_from: date, replaces: int | None) -> int:
    """The number of a new version of one price.

    Args:
        versions: those there are.
        valid_from: its first day. It has to lie after the first day of the newest version
            that goes on standing: else two would hold on one day.
        replaces: the newest version, where the new one takes its place.

    Raises:
        NotNewestError: ``replaces`` is not the newest version.
        OverlapError: the first day does not lie behind what stands.
    """
    left = standing(versions)
    newest = left[-1] if left else None
    if replaces is not None:
        if newest is None or newest.number != replaces:
            raise NotNewestError(newest)
        left = left[:-1]
    if left and valid_from <= left[-1].valid_from:
        raise OverlapError(left[-1])
    return max((version.number for version in versions), default=0) + 1


def last_day(version: PriceVersion, versions: Sequence[PriceVersion]) -> date | None:
    """The day before the next version of the same price takes over; None: until further."""
    later = [each for each in standing(versions) if each.number > version.number]
    return later[0].valid_from - timedelta(days=1) if later else None


def replaced_by(version: PriceVersion, versions: Sequence[PriceVersion]) -> int | None:
    """The number of the version that took a version's place."""
    return next((each.number for each in versions if each.replaces == version.number), None)


def in_force(
    versions: Iterable[PriceVersion], org_number: str | None, day: date
) -> tuple[PriceVersion, ...]:
    """The prices that an agency pays by on a day, service by service.

    An agency with a price of its own for a service pays by its own prices alone for that
    service; all others pay by the prices for everybody.

    Args:
        versions: of any services, for anybody.
        org_number: the agency; None asks for the prices for everybody.
        day: the day.
    """
    by_series: dict[tuple[str, str, str | None], list[PriceVersion]] = {}
    for version in versions:
        by_series.setdefault(version.series, []).append(version)
    holding = [found for each in by_series.values() if (found := _on(each, day)) is not None]
    own = [version for version in holding if version.org_number == org_number]
    alone = {version.service for version in own}
    shared = [
        version
        for version in holding
        if version.org_number is None and version.service not in alone
    ]
    chosen = own if org_number is None else own + shared
    return tuple(sorted(chosen, key=lambda version: (version.service, version.unit)))


def _on(versions: Sequence[PriceVersion], day: date) -> PriceVersion | None:
    begun = [version for version in standing(versions) if version.valid_from <= day]
    newest = begun[-1] if begun else None
    return newest if newest is not None and newest.amount_ore is not None else None
