"""Use cases: see where a case stands, let a service go live, enter the next phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseStabilised, PhaseEntered, ServiceWentLive
from services.contracts.values import Phase
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import (
    Case,
    CaseStatus,
    ServiceInCase,
    clock_day,
    entered,
    next_phase,
)
from services.onboarding.cases.service import Change, acting, get, note, take, today
from services.onboarding.cases.timeline import Reference
from services.onboarding.documents import repository as documents
from services.onboarding.gates import refreshing, repository
from services.onboarding.gates.domain import (
    GateItem,
    GateShutError,
    Missing,
    PhaseOutOfOrderError,
    enter,
    missing_for,
    missing_for_go_live,
)
from services.onboarding.gates.gathering import Gathered, gather
from services.onboarding.gates.problems import EVIDENCE_UNKNOWN, GATE_ITEM_UNKNOWN
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.standing import ItemStanding
from services.onboarding.parties import Owner, Party
from services.onboarding.problems import (
    ALREADY_LIVE,
    GATE_NOT_OPEN,
    GO_LIVE_NOT_READY,
    LIVE_ON_IN_FUTURE,
    PHASE_OUT_OF_ORDER,
    SERVICE_NOT_IN_CASE,
)
from services.onboarding.staffing.domain import holders
from services.onboarding.staffing.service import staffing_rules
from services.onboarding.time_plan import service as time_plan


@dataclass(frozen=True)
class CaseStanding:
    """A case with all that is known of it, and how its gates judge that.

    ``items`` are those of all gates; ``clock_on`` is the day that due dates are held
    against; ``answering`` names who answers for each owner's items today.
    """

    gathered: Gathered
    items: tuple[ItemStanding, ...]
    next_phase: Phase | None
    missing: tuple[Missing, ...]
    clock_on: date
    answering: Mapping[Owner, tuple[str, ...]]

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.gathered.case

    def item(self, key: str) -> ItemStanding:
        """How one of the items stands."""
        return next(item for item in self.items if item.item == key)

    @staticmethod
    def asked(key: str) -> GateItem:
        """What the gates ask for under a key."""
        return next(
            item for gate in gates_in_force().gates for item in gate.items if item.key == key
        )


async def standing(uow: UnitOfWork, case_id: str) -> CaseStanding:
    """Where a case the actor may see stands, and what its next phase waits for.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    gathered = await gather(uow, case)
    before = await repository.of_case(uow.session, case.id)
    following = next_phase(case.phase) if case.status.is_open else None
    return CaseStanding(
        gathered=gathered,
        items=refreshing.judged(uow, gathered, before),
        next_phase=following,
        missing=missing_for(gates_in_force(), gathered.snapshot, following) if following else (),
        clock_on=clock_day(case, today(uow)),
        answering=_answering(gathered, today(uow)),
    )


async def enter_phase(uow: UnitOfWork, case_id: str, phase: Phase) -> Case:
    """Let a case pass the gate into its next phase, judged by the case as it is now.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``phase_out_of_order``, ``gate_not_open`` with all that is missing,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id)
    case = change.case
    gathered = await gather(uow, case)
    try:
        enter(gates_in_force(), gathered.snapshot, phase)
    except PhaseOutOfOrderError as error:
        raise _out_of_order(error, phase) from error
    except GateShutError as error:
        raise Problem(
            GATE_NOT_OPEN,
            f"{_things_are(error.missing)} missing before the case can enter {phase.value};"
            " they are listed with who has to act.",
            missing=await _listed(uow, gathered, error.missing),
        ) from error
    did = f"led the case from {words(case.phase)} into {words(phase)}."
    await note(uow, change, "phase-entered", did, [Reference("phase", phase.value, words(phase))])
    await time_plan.phase_left(uow, case, case.phase)
    await cases.put_state(uow.session, entered(case, phase, uow.now))
    uow.record(
        PhaseEntered(
            case_id=case_id, org_number=case.org_number, phase=phase, previous_phase=case.phase
        ),
        version=case.version,
    )
    if phase is Phase.STABLE and gathered.agreement is not None:
        uow.record(
            CaseStabilised(
                case_id=case_id,
                agreement_id=gathered.agreement.agreement_id,
                org_number=case.org_number,
                services=case.service_keys,
                stabilised_on=today(uow),
            ),
            version=case.version,
        )
    return await get(uow, case_id)


async def go_live(uow: UnitOfWork, case_id: str, service: str, live_on: date) -> ServiceInCase:
    """Note that a service is in operation: charging and measuring begin.

    Services of a case go live one by one, each when what it rests on holds.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``wrong_phase``, ``service_not_in_case``, ``live_on_in_future``,
            ``already_live``, ``go_live_not_ready`` with all that is missing,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.IMPLEMENTATION)
    _require_live_service(change, service, live_on, today(uow))
    case = change.case
    gathered = await gather(uow, case)
    missing = missing_for_go_live(gates_in_force(), gathered.snapshot, service, live_on)
    if missing or gathered.agreement is None:
        raise Problem(
            GO_LIVE_NOT_READY,
            f"{_things_are(missing)} missing before {service} can go live; they are listed"
            " with who has to act.",
            missing=await _listed(uow, gathered, missing),
        )
    await cases.set_live(uow.session, case_id, service, live_on)
    await note(
        uow,
        change,
        "service-went-live",
        f"put {service} into operation on {live_on}.",
        [Reference("service", service, f"{service} {live_on}")],
    )
    uow.record(
        ServiceWentLive(
            case_id=case_id,
            agreement_id=gathered.agreement.agreement_id,
            org_number=case.org_number,
            service=service,
            live_on=live_on,
        ),
        version=case.version,
    )
    return ServiceInCase(service, live_on)


async def put_item(
    uow: UnitOfWork,
    case_id: str,
    phase: Phase,
    item: str,
    *,
    due_on: date | None,
    evidence: str | None,
    document_id: str | None,
) -> None:
    """Set an item's day and evidence by hand; what is None is reckoned again.

    Whether the item holds is not set: that follows from the case.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``gate_item_unknown``, ``evidence_unknown``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.ACTIVE})
    gathered = await gather(uow, change.case)
    before = await repository.of_case(uow.session, case_id)
    found = {one.item: one for one in refreshing.judged(uow, gathered, before)}.get(item)
    if found is None or found.phase is not phase:
        raise Problem(
            GATE_ITEM_UNKNOWN, f"The gate after {words(phase)} asks for nothing named {item}."
        )
    refs = []
    if document_id is not None:
        document = await documents.find(uow.session, case_id, document_id)
        if document is None or document.withdrawn_at is not None:
            raise Problem(
                EVIDENCE_UNKNOWN,
                "The case has no such document; add it to the case's documents first.",
            )
        refs.append(Reference("document", document.id, document.name))
    by_hand = evidence is not None or document_id is not None
    setting = replace(
        found,
        due_on=due_on,
        due_by_hand=due_on is not None,
        evidence=evidence,
        evidence_by_hand=by_hand,
        document_id=document_id,
        set_by=acting(uow).client_id,
        set_at=uow.now,
    )
    await repository.put(uow.session, case_id, before, (*_others(before, item), setting))
    until = f" to be done by {due_on}" if due_on else ""
    shown = " with its evidence" if by_hand else ""
    await note(uow, change, "gate-item-set", f"set {item}{until}{shown}.", refs)
    await refreshing.refresh(uow, case_id)


def words(phase: Phase) -> str:
    """A phase's name within an English sentence."""
    return phase.value.replace("_", " ")


def _others(before: Mapping[str, ItemStanding], item: str) -> Iterable[ItemStanding]:
    return (one for key, one in before.items() if key != item)


def _answering(gathered: Gathered, day: date) -> Mapping[Owner, tuple[str, ...]]:
    rules, staff = staffing_rules(), gathered.preparation.staffing
    by_party = {
        party: holders(rules, party, staff.get(party, ()), rules.answering(party).key, day)
        for party in Party
    }
    return {
        owner: tuple(name for party in owner.parties for name in by_party[party]) for owner in Owner
    }


def _require_live_service(change: Change, service: str, live_on: date, day: date) -> None:
    known = {entry.service: entry for entry in change.case.services}
    if service not in known:
        raise Problem(
            SERVICE_NOT_IN_CASE,
            f"{service} is not a service of this case; it is about {', '.join(known)}.",
        )
    if known[service].live_on is not None:
        raise Problem(ALREADY_LIVE, f"{service} went live on {known[service].live_on}.")
    if live_on > day:
        raise Problem(
            LIVE_ON_IN_FUTURE, f"{live_on} is still ahead; report go-live when it has come."
        )


def _out_of_order(error: PhaseOutOfOrderError, asked: Phase) -> Problem:
    following = error.following.value if error.following else None
    then = f"the next one is {following}" if following else "it is the last one"
    return Problem(
        PHASE_OUT_OF_ORDER,
        f"The case is in {error.current.value} and cannot enter {asked.value}; {then}.",
        current_phase=error.current.value,
        next_phase=following,
    )


async def _listed(
    uow: UnitOfWork, gathered: Gathered, missing: tuple[Missing, ...]
) -> list[dict[str, Any]]:
    """What is missing, for whom, since when and by when, ready for JSON."""
    before = await repository.of_case(uow.session, gathered.case.id)
    stood = {item.item: item for item in refreshing.judged(uow, gathered, before)}
    return [
        {
            "item": lack.item,
            "text": lack.text,
            "text_sv": lack.text_sv,
            "owner": lack.owner.value,
            "since": _since(stood.get(lack.item)),
            "due_on": _due(lack, stood.get(lack.item)),
        }
        for lack in missing
    ]


def _since(item: ItemStanding | None) -> str | None:
    return item.since.isoformat() if item is not None and item.since is not None else None


def _due(lack: Missing, item: ItemStanding | None) -> str | None:
    due_on = lack.due_on or (item.due_on if item is not None else None)
    return due_on.isoformat() if due_on is not None else None


def _things_are(missing: tuple[Missing, ...]) -> str:
    return "1 thing is" if len(missing) == 1 else f"{len(missing)} things are"
