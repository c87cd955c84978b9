"""What the API takes and says about distributions and statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.cost_sharing.facts import Basis
from services.billing.cost_sharing.sharing_schemas import NodeOut
from services.billing.costs.booking import Booked, Outcome
from services.billing.costs.distributing import Distribution
from services.billing.costs.explaining import explain
from services.billing.costs.language import (
    Pool,
    PoolKind,
)
from services.billing.costs.statements import Account, Statement
from services.billing.tables import (
    CostDistributionRow,
)
from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.values import YearMonth


class SimulateDistribution(RequestModel):
    """Which month's cost, budget or actual, is to be distributed."""

    period: YearMonth
    basis: Basis = Basis.ACTUAL


class BookDistribution(SimulateDistribution):
    """The same for good; with ``as_simulated`` only as a simulation's fingerprint has it."""

    as_simulated: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class HandedOut(ResponseModel):
    """What a step handed on of the cost that arose in ``origin``."""

    pool: str
    origin: str
    to: str
    amount_ore: int


class UsedOut(ResponseModel):
    """Where cost of an origin went: fees, arrangement, carry or unallocated."""

    pool: str
    origin: str
    use: str
    amount_ore: int
    arrangement: str | None
    line: str | None
    to_pool: str | None
    to_period: str | None


class SimulatedDistributionOut(ResponseModel):
    """A distribution as it would be; ``corrects`` is the one whose place it would take."""

    period: str
    basis: Basis
    plan: int
    fingerprint: str
    corrects: str | None
    handed_on: tuple[HandedOut, ...]
    used: tuple[UsedOut, ...]


class DistributionSummaryOut(ResponseModel):
    """A booked distribution in a list."""

    id: str
    period: str
    basis: Basis
    number: int
    corrects: str | None
    fingerprint: str
    booked_by: str
    recorded_at: datetime


class DistributionOut(DistributionSummaryOut):
    """A booked distribution."""

    plan: int
    handed_on: tuple[HandedOut, ...]
    used: tuple[UsedOut, ...]


class PoolExplanationOut(ResponseModel):
    """How a pool's cost of a distribution came about, and where it went."""

    distribution: str
    pool: str
    explanation: NodeOut


class AccountOut(ResponseModel):
    """Cost and where it is. ``cost + brought_forward + received - handed_on = to_fees
    + to_arrangements + carried + unallocated``, so ``difference_ore`` is nought;
    ``since_ore`` is the part of ``unallocated_ore`` that came after the distribution.
    """

    cost_ore: int
    brought_forward_ore: int
    received_ore: int
    handed_on_ore: int
    to_fees_ore: int
    to_arrangements_ore: int
    carried_ore: int
    unallocated_ore: int
    since_ore: int
    difference_ore: int


class PoolAccountOut(AccountOut):
    """A pool's account."""

    pool: str
    kind: PoolKind
    service: str | None


class KindAccountOut(AccountOut):
    """The account of all cost of one kind, by the pool it arose in."""

    kind: PoolKind


class CostStatementOut(ResponseModel):
    """Where every öre of a month's cost is, with the distribution that stands, if any."""

    period: str
    basis: Basis
    distribution: str | None
    pools: tuple[PoolAccountOut, ...]
    kinds: tuple[KindAccountOut, ...]
    total: AccountOut


def _ends(found: Distribution) -> dict[str, Any]:
    return {
        "plan": found.given.plan_number,
        "handed_on": tuple(HandedOut.model_validate(each) for each in found.handed),
        "used": tuple(UsedOut.model_validate(each) for each in found.used),
    }


def simulated_out(outcome: Outcome) -> SimulatedDistributionOut:
    """A distribution as it would be."""
    given = outcome.distribution.given
    return SimulatedDistributionOut(
        period=given.period,
        basis=given.basis,
        fingerprint=outcome.fingerprint,
        corrects=outcome.corrects.id if outcome.corrects else None,
        **_ends(outcome.distribution),
    )


def summary_out(row: CostDistributionRow) -> DistributionSummaryOut:
    """A distribution in a list."""
    return DistributionSummaryOut.model_validate(row)


def distribution_out(booked: Booked) -> DistributionOut:
    """A booked distribution."""
    return DistributionOut(**summary_out(booked.row).model_dump(), **_ends(booked.distribution))


def explanation_out(booked: Booked, pool: str) -> PoolExplanationOut:
    """A pool's explanation."""
    return PoolExplanationOut(
        distribution=booked.row.id,
        pool=pool,
        explanation=NodeOut.model_validate(explain(booked.distribution, pool)),
    )


def _account(account: Account) -> dict[str, int]:
    return AccountOut.model_validate(account).model_dump()


def statement_out(
    period: str,
    basis: Basis,
    found: Statement,
    standing: CostDistributionRow | None,
    pools: Mapping[str, Pool],
) -> CostStatementOut:
    """A month's statement."""
    return CostStatementOut(
        period=period,
        basis=basis,
        distribution=standing.id if standing else None,
        pools=tuple(
            PoolAccountOut(
                pool=key,
                kind=pools[key].kind,
                service=pools[key].service,
                **_account(account),
            )
            for key, account in found.pools.items()
        ),
        kinds=tuple(
            KindAccountOut(kind=kind, **_account(account)) for kind, account in found.kinds.items()
        ),
        total=AccountOut.model_validate(found.total),
    )
