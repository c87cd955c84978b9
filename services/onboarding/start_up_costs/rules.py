"""Roles and hourly rates, as ``data/start_up_rates.yaml`` has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field

from services.contracts.values import Slug, Value
from services.onboarding.data_files import load
from services.onboarding.start_up_costs.domain import CostRole, Rate


class RateData(Value):
    """What an hour costs from a day on."""

    valid_from: date
    hourly_rate_ore: Annotated[int, Field(gt=0)]


class CostRoleData(Value):
    """A role and its rates."""

    key: Slug
    name: str
    name_sv: str
    rates: Annotated[tuple[RateData, ...], Field(min_length=1)]


class RatesData(Value):
    """The whole file."""

    version: str
    roles: tuple[CostRoleData, ...]


@cache
def cost_roles() -> Mapping[str, CostRole]:
    """Every role by its key."""
    return {
        role.key: CostRole(
            role.key,
            role.name,
            role.name_sv,
            tuple(Rate(rate.valid_from, rate.hourly_rate_ore) for rate in role.rates),
        )
        for role in load(RatesData, "start_up_rates.yaml").roles
    }
