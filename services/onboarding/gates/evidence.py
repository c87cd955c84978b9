"""Use cases: take back what was wrongly given as the evidence of a gate's item.

The item itself is not touched: whether it holds follows from the case. What the evidence
said, who withdrew it and why stays in the case's timeline.
"""

from __future__ import annotations

from dataclasses import replace

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import CaseStatus
from services.onboarding.cases.service import acting, note, take
from services.onboarding.cases.timeline import Reference
from services.onboarding.documents import repository as documents
from services.onboarding.gates import repository
from services.onboarding.gates.problems import EVIDENCE_ABSENT, GATE_ITEM_UNKNOWN
from services.onboarding.gates.standing import ItemStanding


async def withdraw(uow: UnitOfWork, case_id: str, phase: Phase, item: str, reason: str) -> None:
    """Withdraw the evidence of an item, with the reason; its day stays as it is.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``gate_item_unknown``, ``evidence_absent``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.ACTIVE})
    before = await repository.of_case(uow.session, case_id)
    found = before.get(item)
    if found is None or found.phase is not phase:
        raise Problem(
            GATE_ITEM_UNKNOWN, f"The gate after {phase.value} asks for nothing named {item}."
        )
    if found.evidence is None and found.document_id is None:
        raise Problem(EVIDENCE_ABSENT, f"Nothing is kept as evidence of {item}.")
    refs = []
    if found.document_id is not None:
        document = await documents.find(uow.session, case_id, found.document_id)
        if document is not None:
            refs.append(Reference("document", document.id, document.name))
    await repository.put(
        uow.session, case_id, before, [_without(uow, one, one is found) for one in before.values()]
    )
    said = f" It said: {found.evidence}" if found.evidence else ""
    did = f"withdrew the evidence of {item}: {reason}{said}"
    await note(uow, change, "gate-evidence-withdrawn", did, refs)


async def forget(uow: UnitOfWork, case_id: str, document_id: str) -> tuple[str, ...]:
    """Let a withdrawn document show no item any more.

    Returns:
        The keys of the items that it was evidence of. The case is held by the caller.
    """
    before = await repository.of_case(uow.session, case_id)
    shown = tuple(key for key, one in before.items() if one.document_id == document_id)
    after = [_without(uow, one, key in shown) for key, one in before.items()]
    await repository.put(uow.session, case_id, before, after)
    return shown


def _without(uow: UnitOfWork, item: ItemStanding, affected: bool) -> ItemStanding:
    if not affected:
        return item
    return replace(
        item,
        evidence=None,
        evidence_by_hand=False,
        document_id=None,
        set_by=acting(uow).client_id,
        set_at=uow.now,
    )
