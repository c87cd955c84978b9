"""Use cases of phase 1: record the baseline, ask what joining would cost.

The letter that phase 1 makes is read and signed in ``signing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import FeeIndicationRequested, ServiceVolumes
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import get, note, take
from services.onboarding.catalogue.service import catalogue
from services.onboarding.letter_of_intent import repository
from services.onboarding.letter_of_intent.baseline import (
    Baseline,
    CostComparison,
    compare_costs,
    volume_faults,
)
from services.onboarding.letter_of_intent.domain import (
    FeeIndication,
    FeeIndicationStatus,
    LetterSignature,
    fee_in_force,
)
from services.onboarding.letter_of_intent.letter import (
    LetterContent,
    LetterFee,
    LetterMember,
    LetterPlan,
    content_hash,
)
from services.onboarding.letter_of_intent.problems import BASELINE_DOES_NOT_ADD_UP
from services.onboarding.parties import Party
from services.onboarding.problems import BASELINE_MISSING, VOLUMES_INCOMPLETE
from services.onboarding.staffing import repository as staffing
from services.onboarding.staffing.domain import StaffMember
from services.onboarding.time_plan import repository as time_plans
from services.onboarding.time_plan.domain import TimePlan


@dataclass(frozen=True)
class Preparation:
    """What phase 1 has gathered for a case.

    Attributes:
        letter: the letter of intent that all of it makes.
        letter_hash: what a signature under that letter is bound to.
        letter_signatures: those that stand.
        fallen_signatures: those that have to be given anew, since the letter changed or
            the case was sent back.
    """

    staffing: Mapping[Party, tuple[StaffMember, ...]]
    time_plan: TimePlan | None
    baseline: Baseline | None
    fee_indications: tuple[FeeIndication, ...]
    fee_in_force: FeeIndication | None
    letter: LetterContent
    letter_hash: str
    letter_signatures: tuple[LetterSignature, ...]
    fallen_signatures: tuple[LetterSignature, ...]

    @property
    def fee_refused(self) -> str | None:
        """Why billing could not answer the latest question; None when it could, or may yet."""
        latest = max(self.fee_indications, key=lambda asked: asked.id, default=None)
        return latest.refusal_reason if latest is not None else None

    @property
    def fee_refused_sv(self) -> str | None:
        """``fee_refused`` in Swedish, where billing said it in Swedish."""
        latest = max(self.fee_indications, key=lambda asked: asked.id, default=None)
        return latest.refusal_reason_sv if latest is not None else None

    @property
    def cost_comparison(self) -> CostComparison | None:
        """The fee in force against the baseline; None until both are there."""
        fee = self.fee_in_force
        if self.baseline is None or fee is None or fee.yearly_total_ore is None:
            return None
        return compare_costs(self.baseline, fee.yearly_total_ore)


async def preparation(uow: UnitOfWork, case: Case) -> Preparation:
    """Everything phase 1 has gathered for a case."""
    session = uow.session
    baseline = await repository.baseline(session, case.id)
    indications = await repository.fee_indications(session, case.id)
    staff = await staffing.of_case(session, case.id)
    plan = await time_plans.time_plan(session, case.id)
    counting = [one for one in indications if case.counts("fee-indication", one.requested_at)]
    fee = fee_in_force(counting, baseline, case.headcount)
    letter = LetterContent(
        case_id=case.id,
        org_number=case.org_number,
        customer_name=case.customer_name,
        services=case.service_keys,
        baseline=baseline,
        customer_staff=_members(staff, Party.CUSTOMER),
        centre_staff=_members(staff, Party.CENTRE),
        plan=LetterPlan(plan.starts_on, plan.go_live_on, plan.reason_if_short) if plan else None,
        fee=LetterFee(fee.tariff, fee.yearly_total_ore, fee.lines) if fee else None,
    )
    letter_hash = content_hash(letter)
    signatures = await repository.letter_signatures(session, case.id)
    standing = tuple(
        signature
        for signature in signatures
        if signature.stands(case.phase, letter_hash)
        and case.counts("letter-signatures", signature.signed_at)
    )
    return Preparation(
        staffing=staff,
        time_plan=plan,
        baseline=baseline,
        fee_indications=tuple(indications),
        fee_in_force=fee,
        letter=letter,
        letter_hash=letter_hash,
        letter_signatures=standing,
        fallen_signatures=tuple(one for one in signatures if one not in standing),
    )


async def put_baseline(uow: UnitOfWork, case_id: str, baseline: Baseline) -> Baseline:
    """Record the customer's baseline; until the agreement is drafted it may change.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``volumes_incomplete``,
            ``baseline_does_not_add_up``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT, Phase.GAP_ANALYSIS)
    services = [
        catalogue(change.case.catalogue_version).service(key) for key in change.case.service_keys
    ]
    faults = volume_faults(
        baseline.volumes,
        {service.key: service.volume_units.required for service in services},
        {service.key: service.volume_units.optional for service in services},
    )
    if faults:
        raise Problem(VOLUMES_INCOMPLETE, " ".join(faults), faults=list(faults))
    _require_sum(baseline)
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


def _members(
    staff: Mapping[Party, tuple[StaffMember, ...]], party: Party
) -> tuple[LetterMember, ...]:
    return tuple(
        LetterMember(member.role, member.name, member.deputy, member.service_area)
        for member in staff.get(party, ())
    )


def _require_sum(baseline: Baseline) -> None:
    if baseline.adds_up or baseline.costs is None:
        return
    overhead = baseline.costs.overhead_sek(baseline.full_time_equivalents)
    total = baseline.costs.direct_sek + overhead
    raise Problem(
        BASELINE_DOES_NOT_ADD_UP,
        f"The direct costs of {baseline.costs.direct_sek} SEK and the overhead of {overhead} SEK"
        f" make {total} SEK, and yearly_cost_sek says {baseline.yearly_cost_sek}. Correct the"
        " one or the other.",
        direct_sek=baseline.costs.direct_sek,
        overhead_sek=overhead,
        total_sek=total,
        yearly_cost_sek=baseline.yearly_cost_sek,
    )
