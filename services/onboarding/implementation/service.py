"""Use cases of phase 4: confirm readiness, reconcile, decide go or no-go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase, Slug, Value
from services.onboarding.cases.service import note, take, today
from services.onboarding.data_files import load
from services.onboarding.implementation import repository
from services.onboarding.implementation.domain import (
    GoDecision,
    GoWindow,
    ReadinessArea,
    ReadinessItem,
    ReadinessStatement,
    Reconciliation,
    ReconciliationRules,
    Verdict,
)
from services.onboarding.parties import Owner
from services.onboarding.problems import (
    GO_LIVE_OUTSIDE_WINDOW,
    NOT_YOUR_ITEM,
    READINESS_ITEM_UNKNOWN,
    REASON_REQUIRED,
)


class ReadinessItemData(Value):
    """A readiness item as the data file has it."""

    key: Slug
    area: ReadinessArea
    owner: Owner
    text: str


class ReconciliationData(Value):
    """Reconciliation tolerance as the data file has it."""

    minimum_batches: Annotated[int, Field(ge=0)]
    count_tolerance: Annotated[int, Field(ge=0)]
    sum_tolerance_per_million: Annotated[int, Field(ge=0, le=1_000_000)]


class GoDecisionData(Value):
    """The window for go decisions as the data file has it."""

    minimum_days_ahead: Annotated[int, Field(ge=0)]
    maximum_days_ahead: Annotated[int, Field(ge=0)]


class ImplementationData(Value):
    """What phase 4 asks for."""

    version: str
    readiness: tuple[ReadinessItemData, ...]
    reconciliation: ReconciliationData
    go_decision: GoDecisionData


@dataclass(frozen=True)
class ImplementationRules:
    """What phase 4 asks for, as its rules use it."""

    readiness: tuple[ReadinessItem, ...]
    reconciliation: ReconciliationRules
    go_window: GoWindow


@cache
def implementation_rules() -> ImplementationRules:
    """The rules in ``data/implementation.yaml``."""
    data = load(ImplementationData, "implementation.yaml")
    return ImplementationRules(
        readiness=tuple(
            ReadinessItem(item.key, item.area, item.owner, item.text) for item in data.readiness
        ),
        reconciliation=ReconciliationRules(
            data.reconciliation.minimum_batches,
            data.reconciliation.count_tolerance,
            data.reconciliation.sum_tolerance_per_million,
        ),
        go_window=GoWindow(
            data.go_decision.minimum_days_ahead, data.go_decision.maximum_days_ahead
        ),
    )


async def put_readiness(
    uow: UnitOfWork, case_id: str, item_key: str, *, ready: bool, evidence: str
) -> tuple[ReadinessItem, Sequence[ReadinessStatement]]:
    """Say for the actor's own side whether an item is ready, and what shows it.

    Returns:
        The item, and what both parties say of the case's items.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``readiness_item_unknown``,
            ``not_your_item``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    items = {item.key: item for item in implementation_rules().readiness}
    item = items.get(item_key)
    if item is None:
        raise Problem(READINESS_ITEM_UNKNOWN, f"{item_key} is not among the readiness items.")
    if change.party not in item.owner.parties:
        raise Problem(
            NOT_YOUR_ITEM,
            f"The {item.owner.value} answers for {item_key} and has to state it.",
            owner=item.owner.value,
        )
    statement = ReadinessStatement(item_key, change.party, ready, evidence, uow.now)
    await repository.put_readiness(uow.session, case_id, statement)
    did = f"stated that it is {'' if ready else 'not '}ready: {item.text}."
    await note(uow, change, "readiness-stated", did)
    return item, await repository.readiness(uow.session, case_id)


async def reconcile(
    uow: UnitOfWork,
    case_id: str,
    batch: str,
    *,
    source_count: int,
    target_count: int,
    source_sum_ore: int,
    target_sum_ore: int,
    explanation: str | None,
) -> Reconciliation:
    """Record how a migrated batch compares; an unexplained difference keeps the gate shut.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    result = Reconciliation(
        batch=batch,
        source_count=source_count,
        target_count=target_count,
        source_sum_ore=source_sum_ore,
        target_sum_ore=target_sum_ore,
        explanation=explanation,
        reconciled_at=uow.now,
    )
    await repository.put_reconciliation(uow.session, case_id, result)
    within = result.within(implementation_rules().reconciliation)
    outcome = "within tolerance" if within else "with differences beyond tolerance"
    await note(uow, change, "batch-reconciled", f"reconciled the batch {batch}, {outcome}.")
    return result


async def decide_go(
    uow: UnitOfWork,
    case_id: str,
    *,
    verdict: Verdict,
    go_live_on: date,
    mandate: str,
    reason: str | None,
) -> GoDecision:
    """Decide go or no-go for the actor's own side; a later decision replaces it.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``go_live_outside_window``,
            ``reason_required``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    window = implementation_rules().go_window
    if verdict is Verdict.NO_GO and reason is None:
        raise Problem(REASON_REQUIRED, "A no-go is a decision to wait; say for what.")
    if not window.admits(go_live_on, today(uow)):
        raise Problem(
            GO_LIVE_OUTSIDE_WINDOW,
            f"Go-live is decided {window.minimum_days_ahead} to {window.maximum_days_ahead}"
            f" days before its day; {go_live_on} is {(go_live_on - today(uow)).days} days ahead.",
            minimum_days_ahead=window.minimum_days_ahead,
            maximum_days_ahead=window.maximum_days_ahead,
        )
    decision = GoDecision(change.party, verdict, go_live_on, mandate, reason, uow.now)
    await repository.add_go_decision(uow.session, case_id, decision)
    word = "go" if verdict is Verdict.GO else "no-go"
    await note(uow, change, "go-decided", f"decided {word} for {go_live_on} ({mandate}).")
    return decision
