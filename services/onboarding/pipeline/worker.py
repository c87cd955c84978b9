"""Computes the plans that were asked for, each in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import structlog

from services.chassis.background import BackgroundWork
from services.chassis.unit_of_work import UnitOfWorkFactory
from services.onboarding.pipeline import repository
from services.onboarding.pipeline.model import PlannerAnswer, PlannerInputs
from services.onboarding.pipeline.repository import PlanStatus, StoredPipelinePlan
from services.onboarding.pipeline.rules import pipeline_rules

log = structlog.get_logger(__name__)


class PlannerFailed(Exception):
    """The planner's process gave no answer."""


async def compute_next(units: UnitOfWorkFactory) -> bool:
    """Compute one plan; False when none waits.

    A plan is claimed and its answer kept in units of work of their own, so nothing is held
    while the solver works. A claim that runs out, since whoever had it is gone, is taken
    over; as a plan's inputs are stored with it, it is the same plan.
    """
    rules = pipeline_rules().planner
    async with units.begin() as uow:
        # A claim is a matter of machine time, also where the service's clock is simulated.
        claimed = await repository.claim(uow.session, datetime.now(UTC), rules.claim_seconds)
    if claimed is None:
        return False
    try:
        answer = await _answered(claimed.inputs, rules.claim_seconds - 5)
    except PlannerFailed as failure:
        await _failed(units, claimed, str(failure), rules.attempts)
        return True
    async with units.begin() as uow:
        await repository.finish(uow.session, claimed.id, PlanStatus.DONE, uow.now, answer=answer)
        uow.audit("pipeline.plan_computed", claimed.id)
    return True


async def _answered(inputs: PlannerInputs, seconds: float) -> PlannerAnswer:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "services.onboarding.pipeline"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            output, errors = await process.communicate(inputs.model_dump_json().encode())
    except TimeoutError as error:
        raise PlannerFailed(f"it did not answer within {seconds:.0f} seconds") from error
    finally:
        # Also when the service stops: nobody waits for the answer any more.
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("planner_failed", exit_code=process.returncode, told=errors.decode()[-2000:])
        raise PlannerFailed(f"its process ended with {process.returncode}")
    return PlannerAnswer.model_validate_json(output)


async def _failed(
    units: UnitOfWorkFactory, claimed: StoredPipelinePlan, why: str, attempts: int
) -> None:
    async with units.begin() as uow:
        if claimed.attempts < attempts:
            await repository.let_go(uow.session, claimed.id)
            return
        reason = f"The planner failed {claimed.attempts} times: {why}."
        await repository.finish(uow.session, claimed.id, PlanStatus.FAILED, uow.now, failure=reason)


WORK = BackgroundWork("planner", step=compute_next, waiting=repository.unfinished)
