"""What an exit does to those who stay, reckoned from the fees in force.

A part of every fee pays for what does not shrink when a customer leaves. If nothing were
done, those who stay would bear the leaver's part of it; the exit terms let the leaver bear it
until the centre has adapted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.chassis.money import allocate, round_half_up


@dataclass(frozen=True)
class CustomerOfService:
    """What a customer pays and uses of a service in a year, by its agreement.

    ``yearly_units`` counts the unit that the service is measured in, ``unit``.
    """

    org_number: str
    name: str
    yearly_fee_ore: int
    yearly_units: int


@dataclass(frozen=True)
class StayingShare:
    """What the exit would mean to a customer that stays, if nothing were done.

    ``share_percent`` is its part of the fees of those who stay, with two decimals.
    """

    org_number: str
    name: str
    yearly_fee_ore: int
    share_percent: Decimal
    would_bear_ore: int


@dataclass(frozen=True)
class ServiceEffect:
    """What an exit means for one service.

    Attributes:
        leaving_fee_ore: what the leaver pays in a year.
        fixed_share_percent: the part of a fee that pays for what does not shrink.
        wind_down_months: for how long the leaver bears that part.
        stranded_ore: that part of the leaver's fee for those months; the leaver pays it.
        cost_per_unit_ore: fees per unit of all customers before the exit.
        cost_per_unit_if_shifted_ore: the same for those who stay, if a year of the leaver's
            fixed part were shifted onto them. Both None where no units are agreed.
    """

    service: str
    unit: str
    leaving_fee_ore: int
    fixed_share_percent: Decimal
    wind_down_months: int
    stranded_ore: int
    cost_per_unit_ore: int | None
    cost_per_unit_if_shifted_ore: int | None
    shares: tuple[StayingShare, ...]


@dataclass(frozen=True)
class ExitTerms:
    """The exit terms of one service."""

    fixed_share_percent: Decimal
    wind_down_months: int


def effect_on_service(
    service: str,
    unit: str,
    leaving: CustomerOfService,
    staying: Sequence[CustomerOfService],
    terms: ExitTerms,
) -> ServiceEffect:
    """What an exit means for one service and each customer that stays in it.

    The shifted part is a year's; it is shared by fee, and the shares sum to it exactly.
    """
    fixed = Fraction(leaving.yearly_fee_ore) * Fraction(terms.fixed_share_percent) / 100
    yearly = round_half_up(fixed)
    fees = [customer.yearly_fee_ore for customer in staying]
    parts = allocate(yearly, fees) if sum(fees) > 0 else tuple(0 for _ in fees)
    everybody = [leaving, *staying]
    return ServiceEffect(
        service=service,
        unit=unit,
        leaving_fee_ore=leaving.yearly_fee_ore,
        fixed_share_percent=terms.fixed_share_percent,
        wind_down_months=terms.wind_down_months,
        stranded_ore=round_half_up(fixed * terms.wind_down_months / 12),
        cost_per_unit_ore=_per_unit(sum(c.yearly_fee_ore for c in everybody), everybody),
        cost_per_unit_if_shifted_ore=_per_unit(sum(fees) + yearly, staying),
        shares=tuple(
            StayingShare(
                org_number=customer.org_number,
                name=customer.name,
                yearly_fee_ore=customer.yearly_fee_ore,
                share_percent=_percent(customer.yearly_fee_ore, sum(fees)),
                would_bear_ore=part,
            )
            for customer, part in zip(staying, parts, strict=True)
        ),
    )


def _per_unit(fees_ore: int, customers: Sequence[CustomerOfService]) -> int | None:
    units = sum(customer.yearly_units for customer in customers)
    return round_half_up(Fraction(fees_ore, units)) if units else None


def _percent(part: int, whole: int) -> Decimal:
    if whole == 0:
        return Decimal("0.00")
    return Decimal(round_half_up(Fraction(part * 10_000, whole))).scaleb(-2)
