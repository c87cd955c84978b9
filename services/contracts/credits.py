"""What deficient delivery gives back, by the agreement's table (DOMAIN.md section 4; 000:3591).

This stands beside the terms because the service that measures shows the calculation and the
service that invoices pays by it: they must not differ. Everything is in percent of a
service's fee for one month, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.contracts.values import CreditBand, CreditTerms, MeasureKind

NOTHING = Decimal(0)


class CreditGround(StrEnum):
    """Why a step gives something back."""

    BREACHES = "breaches"
    BAND = "band"


@dataclass(frozen=True)
class Measured:
    """How one level came out, as far as credits go.

    ``excluded`` of ``total`` failed for a cause that gives no credit; ``good`` did not fail,
    so ``0 <= good <= total - excluded``. A level without its counts has the ``outcome_percent``
    that was published.
    """

    level: str
    kind: MeasureKind | None
    required_share_percent: Decimal
    good: int | None = None
    total: int | None = None
    excluded: int = 0
    outcome_percent: Decimal | None = None

    @property
    def credited_share(self) -> Fraction | None:
        """The share in percent that counts for credits; None when nothing is left to count."""
        if self.good is None or self.total is None:
            return None if self.outcome_percent is None else Fraction(self.outcome_percent)
        counted = self.total - self.excluded
        return Fraction(100 * self.good, counted) if counted > 0 else None

    @property
    def missed_by(self) -> Fraction:
        """By how many points the required share was missed; nought when it was reached."""
        share = self.credited_share
        if share is None:
            return Fraction(0)
        return max(Fraction(0), Fraction(self.required_share_percent) - share)


@dataclass(frozen=True)
class CreditStep:
    """One step of the calculation.

    Of breaches: ``count`` times ``percent_each``. Of a band: the ``level`` missed its share by
    ``missed_by`` points, which gives what the ``band`` says.
    """

    ground: CreditGround
    percent: Decimal
    count: int = 0
    percent_each: Decimal = NOTHING
    level: str | None = None
    missed_by: Fraction = Fraction(0)
    band: CreditBand | None = None


@dataclass(frozen=True)
class CreditCalculation:
    """What a month of a service gives back, and how it came about.

    ``percent`` is the sum of the steps, and at most the cap.
    """

    steps: tuple[CreditStep, ...]
    sum_percent: Decimal
    cap_percent: Decimal

    @property
    def percent(self) -> Decimal:
        """How much of the month's fee is given back."""
        return min(self.sum_percent, self.cap_percent)

    @property
    def is_capped(self) -> bool:
        """Whether the cap holds the sum down."""
        return self.sum_percent > self.cap_percent


def band_of(terms: CreditTerms, measured: Measured) -> CreditBand | None:
    """The deepest band that a level's shortfall reaches; None when it reaches none.

    A level that reached its share is in no band, not even in one from nought points.
    """
    missed = measured.missed_by
    if missed == 0:
        return None
    reached = [
        band
        for band in terms.bands
        if missed >= Fraction(band.missed_by_points)
        and (not band.measures or measured.kind in band.measures)
    ]
    return max(reached, key=lambda band: band.missed_by_points, default=None)


def calculate(terms: CreditTerms, breaches: int, results: Iterable[Measured]) -> CreditCalculation:
    """What a month of a service gives back.

    Args:
        terms: the agreement's table in force on the month's last day.
        breaches: how many breaches of the month count, those excluded left out; 0 or more.
        results: how the levels came out.
    """
    steps: list[CreditStep] = []
    if breaches:
        each = terms.percent_per_breach
        steps.append(
            CreditStep(CreditGround.BREACHES, each * breaches, count=breaches, percent_each=each)
        )
    for measured in results:
        band = band_of(terms, measured)
        if band is not None:
            steps.append(
                CreditStep(
                    CreditGround.BAND,
                    band.percent,
                    level=measured.level,
                    missed_by=measured.missed_by,
                    band=band,
                )
            )
    return CreditCalculation(tuple(steps), _sum(steps), terms.monthly_cap_percent)


def _sum(steps: Sequence[CreditStep]) -> Decimal:
    return sum((step.percent for step in steps), start=NOTHING)
