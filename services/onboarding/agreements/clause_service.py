"""Use cases: word a clause otherwise than the standard, and go back to it."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agreements import delegation_repository as wordings
from services.onboarding.agreements.assembly import ClauseWording
from services.onboarding.agreements.checks import regulated
from services.onboarding.agreements.data import regulated_matters, standard_in_force
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.agreements.problems import (
    CLAUSE_REGULATED_BY_LAW,
    CLAUSE_UNKNOWN,
    DEVIATION_END_INVALID,
)
from services.onboarding.agreements.service import redrafted
from services.onboarding.cases.service import get, note, take, today
from services.onboarding.cases.timeline import Reference


async def word_clause(
    uow: UnitOfWork, case_id: str, own: ClauseWording
) -> tuple[ClauseWording, AgreementVersion | None]:
    """Have a clause say something else than the standard, until a day and for a reason.

    An unsigned draft is redrafted with it at once; its signatures fall.

    Returns:
        The wording, and the redrafted version when there was a draft.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``clause_unknown``,
            ``clause_regulated_by_law``, ``deviation_end_invalid``, ``agreement_not_sound``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.AGREEMENT, if_match=False)
    if standard_in_force().clause(own.clause) is None:
        raise clause_unknown(own.clause)
    require_unregulated(own, change.case.part_of_state)
    if own.ends_on <= today(uow):
        raise Problem(DEVIATION_END_INVALID, f"{own.ends_on} is not ahead; a deviation ends later.")
    await wordings.put_wording(uow.session, case_id, own)
    did = f"worded the clause {own.clause} differently until {own.ends_on}: {own.reason}"
    await note(uow, change, "clause-worded", did, [Reference("clause", own.clause, own.clause)])
    return own, await redrafted(uow, change)


async def drop_wording(uow: UnitOfWork, case_id: str, clause: str) -> AgreementVersion | None:
    """Go back to the standard's wording of a clause; an unsigned draft is redrafted.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``precondition_failed``,
            ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.AGREEMENT, if_match=False)
    if not await wordings.drop_wording(uow.session, case_id, clause):
        raise not_found("own wording of a clause")
    await note(uow, change, "clause-restored", f"went back to the standard in the clause {clause}.")
    return await redrafted(uow, change)


async def own_wordings(uow: UnitOfWork, case_id: str) -> Sequence[ClauseWording]:
    """The clauses that a case's drafts word differently.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    return await wordings.wordings(uow.session, case_id)


def require_unregulated(own: ClauseWording, between_agencies: bool) -> None:
    """Refuse a wording about what law already regulates.

    Raises:
        Problem: ``clause_regulated_by_law``, naming clause and law.
    """
    found = regulated(own.clause, own.text, regulated_matters(), between_agencies)
    if found:
        raise Problem(
            CLAUSE_REGULATED_BY_LAW,
            " ".join(finding.text for finding in found),
            clause=own.clause,
            laws=[finding.law for finding in found],
        )


def clause_unknown(key: str) -> Problem:
    """The refusal of a wording for a clause that is not there."""
    known = [clause.key for part in standard_in_force().parts for clause in part.clauses]
    return Problem(
        CLAUSE_UNKNOWN,
        f"The standard has no clause {key}; choose one of those listed.",
        known=known,
    )
