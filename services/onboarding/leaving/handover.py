"""Use cases within an exit: tasks, data deliveries with receipts, and what the exit costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.money import format_sek
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import acting, today
from services.onboarding.documents import service as documents
from services.onboarding.leaving import handover_repository as repository
from services.onboarding.leaving.domain import (
    Delivery,
    ExitCost,
    ExitPhase,
    ExitTask,
    Fingerprint,
    TaskStatement,
    latest_deliveries,
)
from services.onboarding.leaving.holding import take_exit, tell
from services.onboarding.leaving.problems import (
    ALREADY_RECEIPTED,
    COST_DAY_IMPOSSIBLE,
    DATASET_UNKNOWN,
    DELIVERED_IN_FUTURE,
    NOT_YOUR_TASK,
    SERVICE_NOT_LEAVABLE,
    SETTLEMENT_REQUESTED,
    TASK_UNKNOWN,
)
from services.onboarding.leaving.rules import exit_rules


@dataclass(frozen=True)
class SaidDone:
    """What the actor's side says of a task, and what shows it."""

    done: bool
    evidence: str
    document_id: str | None


@dataclass(frozen=True)
class SentData:
    """A data set as the centre delivered it."""

    service: str
    dataset: str
    delivered_on: date
    sent: Fingerprint


async def put_task(uow: UnitOfWork, exit_id: str, key: str, said: SaidDone) -> ExitTask:
    """Say for the actor's own side whether a task is done, and what shows it.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_wrong_phase``, ``exit_task_unknown``,
            ``not_your_exit_task``, ``document_unknown``, ``precondition_failed``,
            ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id, ExitPhase.HANDOVER, ExitPhase.SETTLEMENT)
    task = await _task(uow, exit_id, key)
    if change.party not in task.owner.parties:
        raise Problem(
            NOT_YOUR_TASK,
            f"The {task.owner.value} answers for {key} and has to state it.",
            owner=task.owner.value,
        )
    if said.document_id is not None:
        await documents.require(uow, change.exit.case_id, said.document_id)
    statement = TaskStatement(
        change.party, said.done, said.evidence, said.document_id, acting(uow).client_id, uow.now
    )
    await repository.put_statement(uow.session, exit_id, key, statement)
    did = f"stated that it is {'' if said.done else 'not '}done: {task.name}."
    await tell(uow, change, "exit-task-stated", did)
    return await _task(uow, exit_id, key)


async def deliver(uow: UnitOfWork, exit_id: str, data: SentData) -> Delivery:
    """Record a delivered data set with its count, sum and hash; a later one replaces it.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_wrong_phase``,
            ``service_not_leavable``, ``dataset_unknown``, ``delivered_in_future``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id, ExitPhase.HANDOVER)
    if data.service not in change.exit.last_days:
        raise Problem(SERVICE_NOT_LEAVABLE, f"{data.service} is none of the exit's services.")
    known = exit_rules().dataset_keys
    if data.dataset not in known:
        raise Problem(
            DATASET_UNKNOWN,
            f"{data.dataset} is no data set; they are {', '.join(known)}.",
            datasets=list(known),
        )
    if data.delivered_on > today(uow):
        raise Problem(DELIVERED_IN_FUTURE, f"{data.delivered_on} is ahead; record it when it is.")
    delivery = Delivery(new_id(), data.service, data.dataset, data.sent, data.delivered_on)
    await repository.add_delivery(uow.session, exit_id, delivery)
    did = f"delivered {data.dataset} of {data.service}: {data.sent.record_count} records."
    await tell(uow, change, "data-delivered", did)
    return delivery


async def receipt(uow: UnitOfWork, exit_id: str, delivery_id: str, found: Fingerprint) -> Delivery:
    """Record what the receiver counted, summed and hashed; a difference calls for a new one.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``exit_wrong_phase``,
            ``already_receipted``, ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id, ExitPhase.HANDOVER)
    delivery = await _delivery(uow, exit_id, delivery_id)
    latest = latest_deliveries(await repository.deliveries(uow.session, exit_id))
    if delivery.received is not None or latest[delivery.service, delivery.dataset] != delivery:
        raise Problem(
            ALREADY_RECEIPTED,
            "The delivery has its receipt, or a later one has taken its place.",
        )
    await repository.receipt(uow.session, delivery_id, found, acting(uow).client_id, uow.now)
    result = await _delivery(uow, exit_id, delivery_id)
    outcome = "without a difference" if result.agrees else "with differences"
    did = f"received {delivery.dataset} of {delivery.service} {outcome}."
    await tell(uow, change, "data-received", did)
    return result


async def register_cost(
    uow: UnitOfWork, exit_id: str, incurred_on: date, amount_ore: int, text: str
) -> ExitCost:
    """Register what the exit has cost; the one who leaves pays it with the settlement.

    A correction is an entry of its own with a negative amount.

    Raises:
        Problem: ``not_found``, ``exit_closed``, ``settlement_requested``,
            ``cost_day_impossible``, ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take_exit(uow, exit_id)
    leaving = change.exit
    if leaving.settlement_requested_on is not None:
        raise Problem(
            SETTLEMENT_REQUESTED,
            f"The final settlement was asked for on {leaving.settlement_requested_on} with the"
            " costs known then.",
        )
    if not leaving.notice.given_on <= incurred_on <= today(uow):
        raise Problem(
            COST_DAY_IMPOSSIBLE,
            f"What the exit costs falls between {leaving.notice.given_on} and today.",
        )
    cost = ExitCost(new_id(), incurred_on, amount_ore, text, acting(uow).client_id, uow.now)
    await repository.add_cost(uow.session, exit_id, cost)
    await tell(uow, change, "exit-cost-registered", f"registered {format_sek(amount_ore)}: {text}")
    return cost


async def _task(uow: UnitOfWork, exit_id: str, key: str) -> ExitTask:
    for task in await repository.tasks(uow.session, exit_id):
        if task.key == key:
            return task
    raise Problem(TASK_UNKNOWN, f"{key} is not among the exit's tasks.")


async def _delivery(uow: UnitOfWork, exit_id: str, delivery_id: str) -> Delivery:
    for delivery in await repository.deliveries(uow.session, exit_id):
        if delivery.id == delivery_id:
            return delivery
    raise not_found("delivery")
