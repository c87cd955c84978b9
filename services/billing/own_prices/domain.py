"""Own prices: version by version, and which of them hold for an agency on a day.

Fees cover full cost (avgiftsförordningen 1992:191, 5 section), so a service that no
published tariff prices has a price of the centre's own, calculated at cost. A price is of
one service, by one unit, for all agencies, for one or for one agreement. An agreement may also
carry items of its own where the tariff prices the service: they stand beside the tariff's, or
in the place of one of them. Versions never change: a new one takes over from its first day, one
that replaces another takes that one's place from the beginning, and a withdrawal is a version
without an amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


@dataclass(frozen=True)
class PriceVersion:
    """A version of an own price, as it was registered.

    Attributes:
        number: 1 for the first version of the price, then rising by one.
        org_number: the only agency it is for; None is for all that have no price of their
            own for the service.
        amount_ore: öre without VAT for one of ``unit``, 0 or more; None withdraws the price.
        vat_percent: the rate of VAT on top, as it is written; None where it is not stated.
        cost_basis: how the cost price was calculated; of a withdrawal, its reason.
        replaces: the number of the version that it takes the place of, if any.
        case_id, beside_tariff, instead_of: as a series has them.
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
    case_id: str | None = None
    beside_tariff: bool = False
    instead_of: str | None = None
    vat_percent: str | None = None

    @property
    def key(self) -> str:
        """What the price is called among the fee items of an agreement."""
        return f"own-{self.instead_of or f'{self.service}-{self.unit}'}"

    @property
    def series(self) -> Series:
        """The price that it is a version of."""
        return Series(
            self.service,
            self.unit,
            self.org_number,
            self.case_id,
            self.beside_tariff,
            self.instead_of,
        )


class Series(NamedTuple):
    """A price, whose versions follow each other.

    Attributes:
        org_number: the only agency it is for, if any.
        case_id: the only agreement of that agency it is for, by its case, if any.
        beside_tariff: whether it is paid though the tariff prices the service.
        instead_of: the tariff's item whose place it then takes, if any.
    """

    service: str
    unit: str
    org_number: str | None
    case_id: str | None = None
    beside_tariff: bool = False
    instead_of: str | None = None


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
    versions: Iterable[PriceVersion],
    org_number: str | None,
    day: date,
    case_id: str | None = None,
) -> tuple[PriceVersion, ...]:
    """The prices that an agreement of an agency pays by on a day, service by service.

    An agreement with prices of its own for a service pays by those alone for that service,
    otherwise an agency with prices of its own by those; all others pay by the prices for
    everybody. What stands beside the tariff is chosen apart, in the same way.

    Args:
        versions: of any services, for anybody.
        org_number: the agency; None asks for the prices for everybody.
        day: the day.
        case_id: the agreement's case; None asks for none in particular.
    """
    by_series: dict[Series, list[PriceVersion]] = {}
    for version in versions:
        if version.org_number in {None, org_number} and version.case_id in {None, case_id}:
            by_series.setdefault(version.series, []).append(version)
    holding = [found for each in by_series.values() if (found := _on(each, day)) is not None]
    closest: dict[tuple[str, bool], int] = {}
    for version in holding:
        about = version.service, version.beside_tariff
        closest[about] = max(closest.get(about, 0), _closeness(version))
    chosen = (
        version
        for version in holding
        if _closeness(version) == closest[version.service, version.beside_tariff]
    )
    return tuple(sorted(chosen, key=lambda each: (each.service, each.unit, each.instead_of or "")))


def _closeness(version: PriceVersion) -> int:
    """0 for everybody, 1 for an agency, 2 for one agreement of it."""
    return (version.org_number is not None) + (version.case_id is not None)


def _on(versions: Sequence[PriceVersion], day: date) -> PriceVersion | None:
    begun = [version for version in standing(versions) if version.valid_from <= day]
    newest = begun[-1] if begun else None
    return newest if newest is not None and newest.amount_ore is not None else None
