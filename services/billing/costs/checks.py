"""What must be right about a plan or a mapping before it may hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

from services.billing.cost_sharing import checks as sharing_checks
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.problems import (
    NAME_TAKEN_TWICE,
    PORTIONS_NOT_WHOLE,
    UNKNOWN_REFERENCE,
)
from services.billing.costs.distributing import in_order, version_of
from services.billing.costs.language import (
    Carried,
    CostMapping,
    OverheadPlan,
    Pool,
    PoolKind,
    PoolUse,
    ToArrangement,
    ToFees,
)
from services.billing.costs.problems import (
    COST_MAPPING_INVALID,
    OVERHEAD_POOL_EXPECTED,
    SERVICE_POOL_EXPECTED,
    START_UP_IN_FEES,
)
from services.chassis.problems import Problem


def check_plan(
    plan: OverheadPlan, pools: Mapping[str, Pool], lines: Collection[tuple[str, str]]
) -> None:
    """Refuse a plan that could not distribute any cost as it says.

    Args:
        plan: the plan.
        pools: all pools by key.
        lines: the arrangements and lines that there are.

    Raises:
        Problem: ``unknown_reference``, ``name_taken_twice``, ``overhead_pool_expected``,
            ``service_pool_expected``, ``cost_pool_cycle``, ``portions_not_whole``,
            ``start_up_in_fees``, and as ``cost_sharing.checks.check`` says of the steps' keys.
    """
    _known(plan, pools, lines)
    named = [*(step.pool for step in plan.steps), *(use.pool for use in plan.uses)]
    twice = sorted(name for name, times in Counter(named).items() if times > 1)
    if twice:
        raise Problem(
            NAME_TAKEN_TWICE,
            f"The plan says more than once what becomes of {', '.join(twice)}. Nothing was"
            " registered; write one step or one use for each pool.",
            names=twice,
        )
    in_order(plan.steps)
    for step in plan.steps:
        if pools[step.pool].service is not None:
            raise Problem(
                OVERHEAD_POOL_EXPECTED,
                f"{step.pool} is a pool of the service {pools[step.pool].service}: its cost is"
                " the service's and cannot be handed on. Nothing was registered; say in a use"
                " where it goes.",
                pool=step.pool,
            )
        sharing_checks.check(version_of(step, plan.drivers), set(step.to))
    for use in plan.uses:
        _whole_and_of_a_service(use, pools[use.pool])
    _start_up_apart(plan, pools)


def _whole_and_of_a_service(use: PoolUse, pool: Pool) -> None:
    whole = sum((portion(part.portion) for part in use.parts), Fraction(0))
    if whole != 1:
        raise Problem(
            PORTIONS_NOT_WHOLE,
            f"The portions of {use.pool} come to {whole}, not to 1, so a part of the cost"
            " would be lost or used twice. Nothing was registered; thirds are written 1/3.",
            line=use.pool,
            portions_sum=str(whole),
        )
    if pool.service is None and any(isinstance(part.to, ToFees) for part in use.parts):
        raise Problem(
            SERVICE_POOL_EXPECTED,
            f"{use.pool} is a pool of overhead, and fees are for services. Nothing was"
            " registered; hand its cost on to pools of services by a step.",
            pool=use.pool,
        )


def _known(
    plan: OverheadPlan, pools: Mapping[str, Pool], lines: Collection[tuple[str, str]]
) -> None:
    named = {pool for step in plan.steps for pool in (step.pool, *step.to)}
    unknown: set[str] = set()
    for use in plan.uses:
        named.add(use.pool)
        for part in use.parts:
            if isinstance(part.to, Carried) and part.to.to_pool is not None:
                named.add(part.to.to_pool)
            if isinstance(part.to, ToArrangement):
                line = (part.to.arrangement, part.to.line)
                unknown |= {f"{line[0]}/{line[1]}"} if line not in lines else set()
    unknown |= named - pools.keys()
    if unknown:
        raise Problem(
            UNKNOWN_REFERENCE,
            f"The plan names {', '.join(sorted(unknown))}, and there is no such pool, or no"
            " arrangement with such a line. Nothing was registered; register those first.",
            unknown=sorted(unknown),
        )


def _start_up_apart(plan: OverheadPlan, pools: Mapping[str, Pool]) -> None:
    """Start-up cost comes before the fees that pay for it, and enters none (section 1, lesson
    5): neither handed on nor carried may it come to a pool that fees cover.
    """
    goes_to: dict[str, set[str]] = {step.pool: set(step.to) for step in plan.steps}
    in_fees: set[str] = set()
    for use in plan.uses:
        goes_to[use.pool] = {
            part.to.to_pool or use.pool for part in use.parts if isinstance(part.to, Carried)
        }
        if any(isinstance(part.to, ToFees) for part in use.parts):
            in_fees.add(use.pool)
    for pool in sorted(pools):
        if pools[pool].kind is PoolKind.START_UP:
            met = sorted(in_fees & set(_reached(pool, goes_to)))
            if met:
                raise Problem(
                    START_UP_IN_FEES,
                    f"The start-up cost of {pool} would come to {', '.join(met)}, which fees"
                    " cover; start-up is shown apart and is no part of ordinary fees. Nothing was"
                    " registered; let it go to an arrangement, carry it, or leave it unallocated.",
                    pool=pool,
                    pools=met,
                )


def _reached(start: str, goes_to: Mapping[str, Collection[str]]) -> Iterator[str]:
    waiting, seen = [start], {start}
    while waiting:
        pool = waiting.pop()
        yield pool
        new = set(goes_to.get(pool, ())) - seen
        seen |= new
        waiting.extend(new)


def check_mapping(mapping: CostMapping, pools: Collection[str]) -> None:
    """Refuse a mapping that names no such pool, or has a rule that no account meets.

    Raises:
        Problem: ``unknown_reference``, ``cost_mapping_invalid``; ``row`` counts rules from 1.
    """
    for row, rule in enumerate(mapping.rules, start=1):
        if rule.pool is not None and rule.pool not in pools:
            raise Problem(
                UNKNOWN_REFERENCE,
                f"Rule {row} names the pool {rule.pool}, and there is none. Nothing was"
                " registered; register the pool first.",
                row=row,
                column="pool",
                unknown=[rule.pool],
            )
        if rule.first_account[: len(rule.last_account)] > rule.last_account:
            raise Problem(
                COST_MAPPING_INVALID,
                f"Rule {row} begins with account {rule.first_account} and ends with"
                f" {rule.last_account}: no account lies between. Nothing was registered; turn"
                " them round.",
                row=row,
                column="last_account",
            )
