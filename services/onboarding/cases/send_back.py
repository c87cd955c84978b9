"""Use case: send a case back a phase or more, with what is reopened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import CaseSentBack
from services.contracts.values import Phase
from services.onboarding.cases import repository
from services.onboarding.cases.domain import (
    ROUTE,
    Case,
    CaseStatus,
    SentBackPastGoLiveError,
    sent_back,
)
from services.onboarding.cases.problems import (
    GAP_NOT_DECIDED,
    NO_WAY_BACK,
    SENT_BACK_PAST_GO_LIVE,
)
from services.onboarding.cases.service import get, note, take
from services.onboarding.cases.timeline import Reference
from services.onboarding.cases.ways_back import GAP_DECISIONS, SendBackRules
from services.onboarding.data_files import load
from services.onboarding.gap_analysis import repository as gap_analysis
from services.onboarding.gap_analysis.domain import ActivityRef, Superseded
from services.onboarding.time_plan import service as time_plan


@dataclass(frozen=True)
class SentBack:
    """A case sent back, and what has to be done anew."""

    case: Case
    previous_phase: Phase
    cause: str
    reason: str
    reopened: tuple[str, ...]
    reopened_gaps: tuple[ActivityRef, ...]


@cache
def send_back_rules() -> SendBackRules:
    """The rules in ``data/send_back.yaml``."""
    return load(SendBackRules, "send_back.yaml")


async def send_back(
    uow: UnitOfWork,
    case_id: str,
    to: Phase,
    *,
    cause: str,
    reason: str,
    gaps: Sequence[ActivityRef],
    every_gap: bool,
) -> SentBack:
    """Send a case back to an earlier phase; what it reopens stays as history.

    Args:
        uow: the command's unit of work.
        case_id: the case.
        to: the phase to go back to.
        cause: why, as ``data/send_back.yaml`` knows it.
        reason: why, in words.
        gaps: the gaps whose decisions are reopened.
        every_gap: whether all gap decisions are reopened.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``no_way_back``, ``sent_back_past_go_live``, ``gap_not_decided``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, statuses={CaseStatus.ACTIVE})
    before = change.case
    case, kinds = _sent_back(uow, before, to, cause)
    reopened_gaps = await _reopen_gaps(uow, case, gaps, every_gap=every_gap)
    await repository.put_state(uow.session, case)
    await time_plan.phases_reopened(uow, case, to, before.phase)
    reopened = (*sorted(kinds), *((GAP_DECISIONS,) if reopened_gaps else ()))
    what = ", ".join(kind.replace("-", " ") for kind in reopened) or "nothing else"
    did = (
        f"sent the case back from {_words(before.phase)} to {_words(to)}: {reason}"
        f" Reopened: {what}."
    )
    refs = [Reference("gap", str(ref), str(ref)) for ref in reopened_gaps]
    await note(uow, change, "case-sent-back", did, refs)
    uow.record(
        CaseSentBack(
            case_id=case_id,
            org_number=case.org_number,
            phase=to,
            previous_phase=before.phase,
            reopened=reopened,
            cause=cause,
            reason=reason,
        ),
        version=case.version,
    )
    return SentBack(
        case=await get(uow, case_id),
        previous_phase=before.phase,
        cause=cause,
        reason=reason,
        reopened=reopened,
        reopened_gaps=reopened_gaps,
    )


def _sent_back(uow: UnitOfWork, case: Case, to: Phase, cause: str) -> tuple[Case, frozenset[str]]:
    rules = send_back_rules()
    kinds = rules.reopened(case.phase, to, cause)
    try:
        back = sent_back(case, to, uow.now, kinds or frozenset())
    except SentBackPastGoLiveError as error:
        raise Problem(
            SENT_BACK_PAST_GO_LIVE,
            f"{', '.join(case.live_services)} is in operation; what is agreed changes by an"
            " amendment of the agreement, or the service is rolled back first.",
            services=list(case.live_services),
        ) from error
    if kinds is None:
        raise Problem(
            NO_WAY_BACK,
            f"A case in {case.phase.value} is not sent back to {to.value} because of {cause};"
            " the ways back and the causes are listed.",
            ways=[phase.value for phase in rules.from_phase(case.phase)],
            causes=[known.key for known in rules.causes],
        )
    return back, kinds


async def _reopen_gaps(
    uow: UnitOfWork, case: Case, gaps: Sequence[ActivityRef], *, every_gap: bool
) -> tuple[ActivityRef, ...]:
    decided = [
        item.ref
        for item in await gap_analysis.of_case(uow.session, case.id)
        if item.decision is not None
    ]
    chosen = decided if every_gap else list(dict.fromkeys(gaps))
    if chosen and ROUTE.index(case.phase) > ROUTE.index(Phase.GAP_ANALYSIS):
        raise Problem(
            GAP_NOT_DECIDED,
            "Gaps are decided in the gap analysis; send the case back to it to reopen them.",
            gaps=[str(ref) for ref in chosen],
        )
    if strangers := [ref for ref in chosen if ref not in decided]:
        raise Problem(
            GAP_NOT_DECIDED,
            f"{', '.join(map(str, strangers))} has no decision to reopen; leave it out.",
            gaps=[str(ref) for ref in strangers],
        )
    for ref in chosen:
        await gap_analysis.supersede(uow.session, case.id, ref, uow.now, Superseded.REOPENED)
    return tuple(chosen)


def _words(phase: Phase) -> str:
    return phase.value.replace("_", " ")
