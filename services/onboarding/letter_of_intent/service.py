"""Use cases of phase 1.

Staff the case, plan it, record the baseline, ask what it would cost, sign the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import Field

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import FeeIndicationRequested, ServiceVolumes
from services.contracts.values import Phase, Value
from services.onboarding.cases.domain import ROUTE, Case
from services.onboarding.cases.service import get, note, take
from services.onboarding.catalogue.service import catalogue
from services.onboarding.data_files import load
from services.onboarding.letter_of_intent import repository
from services.onboarding.letter_of_intent.domain import (
    Baseline,
    FeeIndication,
    FeeIndicationStatus,
    LetterSignature,
    StaffMember,
    TimePlan,
    fee_in_force,
    is_short,
    volume_faults,
)
from services.onboarding.parties import Party
from services.onboarding.problems import (
    ALREADY_SIGNED,
    BASELINE_MISSING,
    TIME_PLAN_REVERSED,
    TIME_PLAN_TOO_SHORT,
    VOLUMES_INCOMPLETE,
)

OPEN_PHASES = ROUTE[:-1]
PLANNING_PHASES = ROUTE[: ROUTE.index(Phase.STABILISATION)]


class TimePlanRules(Value):
    """What a time plan has to keep to."""

    minimum_weeks: Annotated[int, Field(ge=1)]


@cache
def time_plan_rules() -> TimePlanRules:
    """The rules in ``data/time_plan.yaml``."""
    return load(TimePlanRules, "time_plan.yaml")


@dataclass(frozen=True)
class Preparation:
    """What phase 1 has gathered for a case."""

    staffing: dict[Party, tuple[StaffMember, ...]]
    time_plan: TimePlan | None
    baseline: Baseline | None
    fee_indications: tuple[FeeIndication, ...]
    letter_signatures: tuple[LetterSignature, ...]
    fee_in_force: FeeIndication | None


async def preparation(uow: UnitOfWork, case: Case) -> Preparation:
    """Everything phase 1 has gathered for a case."""
    session = uow.session
    baseline = await repository.baseline(session, case.id)
    indications = await repository.fee_indications(session, case.id)
    return Preparation(
        staffing=dict(await repository.staffing(session, case.id)),
        time_plan=await repository.time_plan(session, case.id),
        baseline=baseline,
        fee_indications=tuple(indications),
        letter_signatures=tuple(await repository.letter_signatures(session, case.id)),
        fee_in_force=fee_in_force(indications, baseline, case.headcount),
    )


async def put_staffing(
    uow: UnitOfWork, case_id: str, members: Sequence[StaffMember]
) -> tuple[Party, tuple[StaffMember, ...]]:
    """Name who works on the case on the actor's own side.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, *OPEN_PHASES)
    await repository.put_staffing(uow.session, case_id, change.party, members)
    named = ", ".join(f"{member.name} ({member.role})" for member in members)
    await note(uow, change, "staffing-set", f"named its project staff: {named}.")
    return change.party, tuple(members)


async def put_time_plan(uow: UnitOfWork, case_id: str, plan: TimePlan) -> TimePlan:
    """Set the preliminary time plan.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``time_plan_reversed``,
            ``time_plan_too_short``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, *PLANNING_PHASES)
    weeks = time_plan_rules().minimum_weeks
    if plan.go_live_on <= plan.starts_on:
        raise Problem(TIME_PLAN_REVERSED, "Go-live has to lie after the start of the work.")
    if is_short(plan, weeks) and plan.reason_if_short is None:
        raise Problem(
            TIME_PLAN_TOO_SHORT,
            f"Joining takes {weeks} weeks at the least; give reason_if_short to plan for less.",
            minimum_weeks=weeks,
        )
    await repository.put_time_plan(uow.session, case_id, plan)
    did = f"planned the work from {plan.starts_on} with go-live on {plan.go_live_on}."
    await note(uow, change, "time-plan-set", did)
    return plan


async def put_baseline(uow: UnitOfWork, case_id: str, baseline: Baseline) -> Baseline:
    """Record the customer's baseline; until the agreement is drafted it may change.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``volumes_incomplete``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT, Phase.GAP_ANALYSIS)
    services = [catalogue().service(key) for key in change.case.service_keys]
    faults = volume_faults(
        baseline.volumes,
        {service.key: service.volume_units.required for service in services},
        {service.key: service.volume_units.optional for service in services},
    )
    if faults:
        raise Problem(VOLUMES_INCOMPLETE, " ".join(faults), faults=list(faults))
    await repository.put_baseline(uow.session, case_id, baseline)
    await note(uow, change, "baseline-recorded", "recorded the customer's baseline.")
    return baseline


async def request_fee_indication(
    uow: UnitOfWork, case_id: str, tariff: str | None
) -> FeeIndication:
    """Ask billing what the case's services would cost; the answer comes as an event.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``baseline_missing``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT, Phase.GAP_ANALYSIS, Phase.AGREEMENT)
    case = change.case
    baseline = await repository.baseline(uow.session, case_id)
    if baseline is None:
        raise Problem(
            BASELINE_MISSING, "A fee is computed from the baseline's volumes; record it first."
        )
    indication = FeeIndication(
        id=new_id(),
        status=FeeIndicationStatus.REQUESTED,
        headcount=case.headcount,
        volumes=baseline.volumes,
        tariff=tariff,
        yearly_total_ore=None,
        lines=(),
        refusal_code=None,
        refusal_reason=None,
        requested_at=uow.now,
        answered_at=None,
    )
    await repository.add_fee_indication(uow.session, case_id, indication)
    await note(uow, change, "fee-indication-requested", "asked for a fee indication.")
    uow.record(
        FeeIndicationRequested(
            request_id=indication.id,
            case_id=case_id,
            org_number=case.org_number,
            headcount=case.headcount,
            tariff=tariff,
            services=tuple(
                ServiceVolumes(service=key, yearly_volumes=dict(baseline.volumes[key]))
                for key in case.service_keys
            ),
        ),
        version=case.version,
    )
    return indication


async def get_fee_indication(uow: UnitOfWork, case_id: str, indication_id: str) -> FeeIndication:
    """One fee indication of a case the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    indication = await repository.fee_indication(uow.session, case_id, indication_id)
    if indication is None:
        raise not_found("fee indication")
    return indication


async def sign_letter(uow: UnitOfWork, case_id: str, name: str, title: str) -> LetterSignature:
    """Sign the letter of intent for the actor's own side.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``already_signed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT)
    signed = await repository.letter_signatures(uow.session, case_id)
    if any(signature.party is change.party for signature in signed):
        raise Problem(ALREADY_SIGNED, "Your side has signed the letter of intent; once is enough.")
    signature = LetterSignature(change.party, name, title, uow.now)
    await repository.add_letter_signature(uow.session, case_id, signature)
    did = f"signed the letter of intent through {name}, {title}."
    await note(uow, change, "letter-signed", did)
    return signature
