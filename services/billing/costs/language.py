"""How pools, costs and overhead plans are written down.

A plan holds from a month. Its *steps* hand the cost of overhead pools on to other pools by the
keys of cost sharing; its *uses* say where the cost of the remaining pools goes: to fees, to
an arrangement, or to later months. What no use names is shown as unallocated.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from services.billing.cost_sharing.facts import Basis, IndexValue, Reading
from services.billing.cost_sharing.key_language import Document
from services.billing.cost_sharing.language import Driver
from services.billing.cost_sharing.numerals import Portion
from services.billing.cost_sharing.written_keys import (
    AmongOfPlainKeys,
    FixedSumsOfPlainKeys,
    FormerBudgetOfPlainKeys,
    LimitedOfPlainKeys,
    MixOfPlainKeys,
    PlainKey,
)
from services.chassis.schemas import AS_A_NUMBER, Day, Text
from services.contracts.values import Slug, YearMonth

MOST_POOLS = 500
MOST_RULES = 2000
MOST_COST_ORE = 10**13
"""The most that one cost can be: a hundred milliards of kronor."""

PoolKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A pool's key; short enough to be part of the name of a cost item."""

Account = Annotated[str, Field(pattern=r"^[0-9]{1,10}$", examples=["5010"])]
"""An account of the accounts' plan."""

CostOre = Annotated[int, Field(ge=-MOST_COST_ORE, le=MOST_COST_ORE), AS_A_NUMBER]
"""A cost in whole öre; of half a million such the sum still fits any database column."""


class PoolKind(StrEnum):
    """What a pool's cost is (DOMAIN.md section 7: results are told apart by it)."""

    OWN_STAFF = "own_staff"
    PREMISES = "premises"
    EXTERNAL = "external"
    SYSTEM = "system"
    PASSED_ON = "passed_on"
    START_UP = "start_up"
    INHERITED = "inherited"


class Pool(Document):
    """A pool of cost of one kind: a service's, or (without ``service``) an overhead pool."""

    key: PoolKey
    name: Text
    name_sv: Text
    kind: PoolKind
    service: Slug | None = None


class CostEntry(Document):
    """A cost of a pool in a month; a correction is an entry of its own, with its sign."""

    id: Slug
    pool: PoolKey
    period: YearMonth
    basis: Basis = Basis.ACTUAL
    amount_ore: CostOre
    text: Text | None = None


OverheadKey = Annotated[
    PlainKey
    | FixedSumsOfPlainKeys
    | AmongOfPlainKeys
    | MixOfPlainKeys
    | LimitedOfPlainKeys
    | FormerBudgetOfPlainKeys,
    Field(discriminator="kind"),
]
"""The keys of cost sharing that can stand between pools: pools have no groups and order
nothing."""


class OverheadStep(Document):
    """An overhead pool's whole cost, with what it was handed, is handed on to others."""

    pool: PoolKey
    to: Annotated[tuple[PoolKey, ...], Field(min_length=1, max_length=MOST_POOLS)]
    by: OverheadKey


class ToFees(Document):
    """It is covered by the fees for the pool's service."""

    kind: Literal["fees"]


class ToArrangement(Document):
    """It becomes a cost item of a line of an arrangement."""

    kind: Literal["arrangement"]
    arrangement: Slug
    line: Slug


class Carried(Document):
    """It comes back in even parts in the months that follow, in the pool named or the same."""

    kind: Literal["carry"]
    over_months: Annotated[int, Field(ge=1, le=120), AS_A_NUMBER]
    to_pool: PoolKey | None = None


class UsePart(Document):
    """A portion of a pool's cost, and where it goes."""

    portion: Portion
    to: Annotated[ToFees | ToArrangement | Carried, Field(discriminator="kind")]


class PoolUse(Document):
    """Where the cost of a pool goes; the portions are together the whole."""

    pool: PoolKey
    parts: Annotated[tuple[UsePart, ...], Field(min_length=1, max_length=20)]


class OverheadPlan(Document):
    """A plan as it holds from a month until that of the next one."""

    effective_from: YearMonth
    drivers: Annotated[tuple[Driver, ...], Field(max_length=100)] = ()
    steps: Annotated[tuple[OverheadStep, ...], Field(max_length=MOST_POOLS)] = ()
    uses: Annotated[tuple[PoolUse, ...], Field(max_length=MOST_POOLS)] = ()


class ObjectIs(Document):
    """An object of a dimension, such as a cost centre (1) or a project (6)."""

    dimension: Annotated[str, Field(pattern=r"^[0-9]{1,5}$", examples=["1"])]
    number: Text


class MappingRule(Document):
    """Accounts from one to another, with all of the objects named: a pool, or no cost (null)."""

    first_account: Account
    last_account: Account
    objects: Annotated[tuple[ObjectIs, ...], Field(max_length=10)] = ()
    pool: PoolKey | None


class CostMapping(Document):
    """Which accounts belong to which pools from a day on; the first rule that fits decides."""

    effective_from: Day
    rules: Annotated[tuple[MappingRule, ...], Field(min_length=1, max_length=MOST_RULES)]


class PoolCost(Document):
    """What one pool has of a month, by the pool it arose in. ``entries`` is how many it sums."""

    pool: PoolKey
    origin: PoolKey
    amount_ore: int
    is_brought_forward: bool = False
    entries: int = 0


class DistributionInput(Document):
    """All that one distribution is reckoned from; the same input always gives the same one."""

    period: YearMonth
    basis: Basis
    plan_number: int
    plan: OverheadPlan
    pools: tuple[Pool, ...]
    costs: tuple[PoolCost, ...]
    readings: tuple[Reading, ...] = ()
    index_values: tuple[IndexValue, ...] = ()
