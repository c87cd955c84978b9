"""A forecast held against a deadline: green, amber or red."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from services.contracts.values import Value
from services.onboarding.time_plan.forecast import Range


class Light(StrEnum):
    """How a case stands against its deadline."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


class LightRules(Value):
    """When a light is green or red; in between it is amber."""

    green_margin_days: int
    red_after_days: int


def light(rules: LightRules, forecast: Range | None, deadline: date | None, today: date) -> Light:
    """The light of a forecast.

    Green when even the late end of the range keeps the margin, red when the middle lies too
    far behind the deadline. Without a forecast only a deadline that has passed is known.
    """
    if deadline is None:
        return Light.NONE
    if forecast is None:
        return Light.RED if today > deadline else Light.AMBER
    if forecast.p50 > deadline + timedelta(days=rules.red_after_days):
        return Light.RED
    if forecast.p90 + timedelta(days=rules.green_margin_days) <= deadline:
        return Light.GREEN
    return Light.AMBER
