"""What an exit does to those who stay, in responses: figures and words."""

from __future__ import annotations

from decimal import Decimal

from services.chassis.schemas import ResponseModel
from services.onboarding.leaving.effects import ServiceEffect


class StayingShareOut(ResponseModel):
    """What the exit would mean to a customer that stays in a year, if nothing were done."""

    org_number: str
    name: str
    yearly_fee_ore: int
    share_percent: Decimal
    would_bear_ore: int


class EffectOut(ResponseModel):
    """What an exit means for one service, in figures and in words."""

    service: str
    unit: str
    fixed_share_percent: Decimal
    wind_down_months: int
    borne_by_leaver_ore: int
    cost_per_unit_ore: int | None
    cost_per_unit_if_shifted_ore: int | None
    text: str
    shares: list[StayingShareOut]

    @classmethod
    def of(cls, effect: ServiceEffect, seen_by: frozenset[str] | None) -> EffectOut:
        """The response for a service; ``seen_by`` limits the shares to an agency's own."""
        return cls(
            service=effect.service,
            unit=effect.unit,
            fixed_share_percent=effect.fixed_share_percent,
            wind_down_months=effect.wind_down_months,
            borne_by_leaver_ore=effect.stranded_ore,
            cost_per_unit_ore=effect.cost_per_unit_ore,
            cost_per_unit_if_shifted_ore=effect.cost_per_unit_if_shifted_ore,
            text=_in_words(effect),
            shares=[
                StayingShareOut.model_validate(share)
                for share in effect.shares
                if seen_by is None or share.org_number in seen_by
            ],
        )


def _in_words(effect: ServiceEffect) -> str:
    if not effect.shares:
        return f"No other customer has {effect.service}, so nobody bears more."
    borne = (
        f"The one who leaves bears it for {effect.wind_down_months} months, so fees do not rise"
        " by the exit while the centre adapts."
    )
    if effect.cost_per_unit_ore is None or effect.cost_per_unit_if_shifted_ore is None:
        return f"{effect.fixed_share_percent} % of the leaver's fee does not fall away. {borne}"
    return (
        f"If nothing were done, a {effect.unit} of {effect.service} would cost those who stay"
        f" {effect.cost_per_unit_if_shifted_ore} öre instead of {effect.cost_per_unit_ore} on"
        f" average, since {effect.fixed_share_percent} % of the leaver's fee does not fall away."
        f" {borne}"
    )
