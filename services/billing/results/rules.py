"""Categories, the accounts behind them, and the limit, read from ``data/results.yaml``."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.billing.ledger.chart import AccountKind, AccountRole, chart
from services.billing.own_prices.catalogue import priced_services
from services.contracts.values import Slug

_FILE = Path(__file__).parents[1] / "data" / "results.yaml"


class Category(StrEnum):
    """What a result is told apart by (DOMAIN.md section 1, lesson 5; section 7)."""

    ORDINARY = "ordinary"
    START_UP = "start_up"
    PASSED_ON = "passed_on"
    INHERITED = "inherited"


class Stream(StrEnum):
    """What income or cost is forecast by: where it comes from, or the kind of its pool."""

    FEES = "fees"
    SHARES = "shares"
    OWN_STAFF = "own_staff"
    PREMISES = "premises"
    EXTERNAL = "external"
    SYSTEM = "system"
    PASSED_ON = "passed_on"
    START_UP = "start_up"
    INHERITED = "inherited"

    @property
    def is_income(self) -> bool:
        """Whether it is income; else cost."""
        return self in {Stream.FEES, Stream.SHARES}


class _Document(BaseModel):
    # Not frozen: pydantic would not let what is looked up be kept.
    model_config = ConfigDict(extra="forbid")


class Named(_Document):
    """A category or service area and what it is called."""

    key: Slug
    name: str
    name_sv: str


class NamedCategory(_Document):
    """A category; ``recurs`` where the fees of later years have to cover the like again."""

    key: Category
    recurs: bool
    name: str
    name_sv: str


class RoleRule(_Document):
    """What an account belongs to; without category it follows the origins of its cost."""

    stream: Stream
    category: Category | None


class Surplus(_Document):
    """How large an accumulated surplus may be, in percent of the year's turnover."""

    limit_percent: Annotated[Decimal, Field(ge=0, le=100)]
    law: str
    law_sv: str


class _NoArea(_Document):
    name: str
    name_sv: str


class ResultRules(_Document):
    """The whole; every account of income and cost has its place."""

    categories: tuple[NamedCategory, ...]
    roles: dict[AccountRole, RoleRule]
    surplus: Surplus
    service_areas: tuple[Named, ...]
    no_area: _NoArea

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        kinds = {each.role: each.kind for each in chart().accounts if each.kind.is_result}
        if self.roles.keys() != kinds.keys():
            raise ValueError("each account of income or cost has exactly one place")
        for role, rule in self.roles.items():
            if rule.stream.is_income != (kinds[role] is AccountKind.INCOME):
                raise ValueError(f"{role} is income or cost, and its stream the other")
            if (rule.category is None) != (rule.stream is Stream.SHARES):
                raise ValueError("what arrangements bring follows its origins, and nothing else")
        if self.kinds.keys() != {each for each in Stream if not each.is_income}:
            raise ValueError("each kind of pool belongs to one category")
        if sorted(each.key for each in self.categories) != sorted(Category):
            raise ValueError("each category is named once")
        areas = {each.service_area for each in priced_services().values()}
        if not areas <= self.areas.keys():
            raise ValueError("each service area of the catalogue is named")
        return self

    @cached_property
    def kinds(self) -> dict[Stream, Category]:
        """The category of each kind of cost.

        Raises:
            ValueError: accounts of one kind belong to several.
        """
        found: dict[Stream, Category] = {}
        for rule in self.roles.values():
            if rule.category is None or rule.stream.is_income:
                continue
            if found.setdefault(rule.stream, rule.category) is not rule.category:
                raise ValueError(f"{rule.stream} would belong to two categories")
        return found

    @cached_property
    def areas(self) -> dict[str, Named]:
        """The service areas by their keys."""
        return {each.key: each for each in self.service_areas}

    @cached_property
    def named(self) -> dict[Category, NamedCategory]:
        """The categories by their keys."""
        return {each.key: each for each in self.categories}

    def names_of(self, area: str | None) -> tuple[str, str]:
        """What an area is called, in English and Swedish; one nobody named by its key."""
        if area is None:
            return self.no_area.name, self.no_area.name_sv
        known = self.areas.get(area)
        return (known.name, known.name_sv) if known else (area, area)


@cache
def result_rules() -> ResultRules:
    """The rules in force."""
    return ResultRules.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))
