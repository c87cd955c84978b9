"""Phase 5: when a service in operation counts as stable (DOMAIN.md section 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.chassis.clock import STOCKHOLM
from services.contracts.collab_model import MatterStatus
from services.onboarding.parties import Owner


@dataclass(frozen=True)
class LevelOutcome:
    """How one level came out in a month; the outcome is None where nothing was measured."""

    level: str
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    measured: int
    met: bool


@dataclass(frozen=True)
class ClosedPeriod:
    """A month of a service as it was closed: whether it was whole, and met its levels.

    ``revision`` is 1 for the closing itself and higher for each correction of it.
    """

    service: str
    period: str
    whole_month: bool
    met: bool
    results: tuple[LevelOutcome, ...] = ()
    revision: int = 1

    @property
    def ordinal(self) -> int:
        """Months since year 0, so that neighbouring months differ by one."""
        year, month = self.period.split("-")
        return int(year) * 12 + int(month) - 1

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return first_day_of(self.ordinal)

    def counts_from(self, live_on: date) -> bool:
        """Whether the service was live all of the month, by its present go-live.

        Go-live on the 1st makes a whole month. A month from before a roll-back does not
        count, however it came out.
        """
        return self.whole_month and self.first_day >= live_on


@dataclass(frozen=True)
class Matter:
    """What a case knows of a matter; either end may be heard of first."""

    matter_id: str
    service: str
    priority: str
    raised_at: datetime | None
    resolved_at: datetime | None
    kind: str | None = None
    status: MatterStatus = MatterStatus.OPEN

    @property
    def is_open(self) -> bool:
        """Raised, and neither resolved nor cancelled."""
        ended = self.resolved_at is not None or self.status is MatterStatus.CANCELLED
        return self.raised_at is not None and not ended

    @property
    def turn(self) -> Owner:
        """Who has to act on it: the customer while the centre waits for its answer."""
        waits = self.status is MatterStatus.WAITING_FOR_CUSTOMER
        return Owner.CUSTOMER if waits else Owner.CENTRE

    @property
    def open_since(self) -> date | None:
        """The day in Stockholm on which it was raised."""
        return self.raised_at.astimezone(STOCKHOLM).date() if self.raised_at else None


def first_day_of(ordinal: int) -> date:
    """The first day of a month given as months since year 0."""
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def in_force(periods: Iterable[ClosedPeriod]) -> tuple[ClosedPeriod, ...]:
    """Each month once, as it was last corrected, by service and month."""
    latest: dict[tuple[str, str], ClosedPeriod] = {}
    for period in sorted(periods, key=lambda entry: entry.revision):
        latest[period.service, period.period] = period
    return tuple(latest[key] for key in sorted(latest))


def _whole_months(
    periods: Collection[ClosedPeriod], service: str, live_on: date
) -> Mapping[int, bool]:
    return {
        period.ordinal: period.met
        for period in in_force(periods)
        if period.service == service and period.counts_from(live_on)
    }


def met_in_a_row(periods: Collection[ClosedPeriod], service: str, live_on: date | None) -> int:
    """How many whole months in a row a service has met its levels, up to its latest.

    Counted from the set of known periods, so the order in which they came does not
    matter. A month in which the service was not live throughout counts neither way; a month
    that is not closed yet breaks the row as one that was missed does.

    Args:
        periods: every known closing and correction.
        service: the service asked about.
        live_on: the day it went live; None, while it is not, gives nought.
    """
    whole = _whole_months(periods, service, live_on) if live_on else {}
    if not whole:
        return 0
    month, run = max(whole), 0
    while whole.get(month, False):
        month, run = month - 1, run + 1
    return run


def earliest_stable_on(
    periods: Collection[ClosedPeriod], service: str, live_on: date | None, required: int
) -> date | None:
    """The first day on which the service can have met its levels often enough in a row.

    Months that are not closed are taken to be met. None while the service is not live.
    """
    if live_on is None:
        return None
    whole = _whole_months(periods, service, live_on)
    first = live_on.year * 12 + live_on.month - 1 + (live_on.day > 1)
    missed = [month for month, met in whole.items() if not met]
    begins = max(first, max(missed) + 1) if missed else first
    return first_day_of(begins + required)


@dataclass(frozen=True)
class ServiceStability:
    """How far a service is from being stable."""

    service: str
    live_on: date | None
    required: int
    in_a_row: int
    earliest_on: date | None
    periods: tuple[ClosedPeriod, ...]

    @property
    def holds(self) -> bool:
        """Whether the agreed number in a row is met."""
        return self.in_a_row >= self.required

    @property
    def last_missed(self) -> ClosedPeriod | None:
        """The latest month that broke the row, if one that counts did."""
        missed = [
            period
            for period in self.periods
            if not period.met and self.live_on is not None and period.counts_from(self.live_on)
        ]
        return missed[-1] if missed else None


@dataclass(frozen=True)
class Stability:
    """How far a case is from being stable: its services and its open critical matters."""

    services: tuple[ServiceStability, ...] = ()
    matters: tuple[Matter, ...] = ()

    @property
    def earliest_on(self) -> date | None:
        """The first day all services can be stable; None while one of them is not live."""
        days = [service.earliest_on for service in self.services]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None


def stability(
    live: Mapping[str, date | None],
    periods: Collection[ClosedPeriod],
    matters: Collection[Matter],
    required: int,
) -> Stability:
    """How far a case is from being stable.

    Args:
        live: the case's services and the days they went live.
        periods: every known closing and correction.
        matters: the critical matters of the agreement, open or not.
        required: months in a row, as agreed.
    """
    known = in_force(periods)
    return Stability(
        services=tuple(
            ServiceStability(
                service=service,
                live_on=live_on,
                required=required,
                in_a_row=met_in_a_row(known, service, live_on),
                earliest_on=earliest_stable_on(known, service, live_on, required),
                periods=tuple(period for period in known if period.service == service),
            )
            for service, live_on in live.items()
        ),
        matters=tuple(matter for matter in matters if matter.is_open),
    )


def what_holds(service: ServiceStability) -> str | None:
    """Why a service is not stable yet, in words; None when it is."""
    if service.holds:
        return None
    if service.live_on is None:
        return f"The service {service.service} is not live"
    said = (
        f"The service {service.service} has met its levels in {service.in_a_row} whole months in"
        f" a row of the {service.required} agreed"
    )
    missed = service.last_missed
    if missed is not None:
        said += f"; in {missed.period} it missed {_missed_levels(missed)}"
    return f"{said}; it can be stable on {service.earliest_on} at the earliest"


def what_holds_sv(service: ServiceStability, name: str) -> str | None:
    """``what_holds`` in Swedish, for a service of that name."""
    if service.holds:
        return None
    if service.live_on is None:
        return f"Tjänsten {name} är inte i drift"
    said = (
        f"Tjänsten {name} har nått sina nivåer {service.in_a_row} hela månader i rad av"
        f" {service.required} avtalade"
    )
    missed = service.last_missed
    if missed is not None:
        levels = ", ".join(_missed_level_sv(result) for result in missed.results if not result.met)
        said += f"; i {missed.period} missades {levels or 'nivåerna'}"
    return f"{said}; den kan räknas som stabil tidigast {service.earliest_on}"


def _missed_level_sv(result: LevelOutcome) -> str:
    if result.outcome_percent is None:
        return f"{result.level} (inte mätt)"
    outcome, required = (
        str(share).replace(".", ",")
        for share in (result.outcome_percent, result.required_share_percent)
    )
    return f"{result.level} ({outcome} % av de {required} % som krävs)"


def what_matter_holds_sv(matter: Matter, service: str) -> str:
    """``what_matter_holds`` in Swedish, for a service of that name."""
    turn = "kundmyndigheten" if matter.turn is Owner.CUSTOMER else "servicecentret"
    return f"{matter.matter_id} ({service}, öppet sedan {matter.open_since}, {turn} ska agera)"


def what_matter_holds(matter: Matter) -> str:
    """Which critical matter is open, since when, and whose turn it is."""
    turn = "the customer agency's" if matter.turn is Owner.CUSTOMER else "the service centre's"
    return (
        f"{matter.matter_id} ({matter.kind or 'matter'} in {matter.service}, open since"
        f" {matter.open_since}, {turn} turn)"
    )


def _missed_levels(period: ClosedPeriod) -> str:
    parts = [
        f"{result.level} ({result.outcome_percent} % of the required"
        f" {result.required_share_percent} %)"
        if result.outcome_percent is not None
        else f"{result.level} (not measured)"
        for result in period.results
        if not result.met
    ]
    return ", ".join(parts) or "its levels"
