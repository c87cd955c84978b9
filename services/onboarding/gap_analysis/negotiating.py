"""Use cases of the negotiation about a gap: propose, answer, remark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import note, today
from services.onboarding.gap_analysis import repository
from services.onboarding.gap_analysis.domain import ActivityRef, Resolution
from services.onboarding.gap_analysis.negotiation import (
    AlreadyAnsweredError,
    Entry,
    EntryKind,
    OwnProposalError,
    ProposalUnknownError,
    require_answerable,
)
from services.onboarding.gap_analysis.problems import (
    ANSWER_INCOMPLETE,
    MANDATE_MISSING,
    PROPOSAL_ALREADY_ANSWERED,
    PROPOSAL_INCOMPLETE,
    PROPOSAL_IS_YOUR_OWN,
    PROPOSAL_UNKNOWN,
    UNTIL_NOT_AN_EXCEPTION,
)
from services.onboarding.gap_analysis.service import (
    refusals,
    require_unchanged,
    take_activity,
)
from services.onboarding.gap_analysis.state import NoGapError, NotComparedError
from services.onboarding.parties import Party
from services.onboarding.problems import UNTIL_REQUIRED


@dataclass(frozen=True)
class EntryDraft:
    """An entry as a party puts it."""

    who: str
    text: str
    proposes: Resolution | None
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    answers: str | None
    accepts: bool | None


async def negotiate(uow: UnitOfWork, case_id: str, ref: ActivityRef, draft: EntryDraft) -> Entry:
    """Add what the actor's side says about a gap.

    Raises:
        Problem: ``not_found``, ``case_paused``, ``case_closed``, ``wrong_phase``,
            ``activity_unknown``, ``not_compared``, ``no_gap_to_decide``,
            ``mandate_missing`` for an entry of nobody, ``proposal_incomplete``,
            ``until_required``, ``until_not_an_exception``, ``answer_incomplete``,
            ``proposal_unknown``, ``proposal_is_your_own``, ``proposal_already_answered``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    change, known = await take_activity(uow, case_id, ref, None)
    require_unchanged(uow, known, None)
    with refusals(ref):
        if known.comparison is None:
            raise NotComparedError
        if not known.comparison.gap:
            raise NoGapError
    _require_whole(draft, today(uow))
    await _require_answerable(uow, case_id, ref, draft, change.party)
    entry = Entry(
        id=new_id(),
        at=uow.now,
        side=change.party,
        who=draft.who,
        text=draft.text,
        proposes=draft.proposes,
        effort_hours=draft.effort_hours,
        price_ore=draft.price_ore,
        until=draft.until,
        answers=draft.answers,
        accepts=draft.accepts,
    )
    await repository.add_entry(uow.session, case_id, ref, entry)
    await note(uow, change, "gap-negotiated", f"{_did(entry)} on {ref} through {entry.who}.")
    return entry


def _require_whole(draft: EntryDraft, day: date) -> None:
    if not draft.who.strip():
        raise Problem(MANDATE_MISSING, "Say in `who` who speaks for your side.")
    terms = (draft.effort_hours, draft.price_ore, draft.until)
    if draft.proposes is None and any(term is not None for term in terms):
        raise Problem(
            PROPOSAL_INCOMPLETE, "Say in `proposes` which decision the effort, price or end is for."
        )
    if draft.proposes is Resolution.EXCEPTION_UNTIL:
        if draft.until is None or draft.until <= day:
            raise Problem(UNTIL_REQUIRED, "Say in `until` on which day ahead the exception ends.")
    elif draft.until is not None:
        raise Problem(UNTIL_NOT_AN_EXCEPTION, "Only an exception has an end; leave `until` out.")
    if (draft.answers is None) is not (draft.accepts is None):
        raise Problem(
            ANSWER_INCOMPLETE,
            "Say in `answers` which proposal you answer and in `accepts` whether you accept it.",
        )
    if draft.accepts and draft.proposes is not None:
        raise Problem(
            ANSWER_INCOMPLETE, "Who accepts a proposal does not propose something else with it."
        )


async def _require_answerable(
    uow: UnitOfWork, case_id: str, ref: ActivityRef, draft: EntryDraft, side: Party
) -> None:
    if draft.answers is None:
        return
    entries = await repository.entries(uow.session, case_id, ref)
    try:
        require_answerable(entries, draft.answers, side)
    except ProposalUnknownError as error:
        raise Problem(
            PROPOSAL_UNKNOWN, f"{draft.answers} is no proposal in the negotiation about {ref}."
        ) from error
    except OwnProposalError as error:
        raise Problem(
            PROPOSAL_IS_YOUR_OWN, "Your side made the proposal; make another one to change it."
        ) from error
    except AlreadyAnsweredError as error:
        raise Problem(
            PROPOSAL_ALREADY_ANSWERED, "The proposal was answered; a new proposal goes on."
        ) from error


def _did(entry: Entry) -> str:
    if entry.kind is EntryKind.ANSWER:
        return "accepted a proposal" if entry.accepts else "turned a proposal down"
    if entry.proposes is not None:
        return f"proposed to {_WISHES[entry.proposes]}"
    return "remarked"


_WISHES = {
    Resolution.ADOPT_STANDARD: "adopt the standard",
    Resolution.CENTRE_ADAPTS: "let the centre adapt",
    Resolution.EXCEPTION_UNTIL: "make an exception",
    Resolution.STAYS_WITH_CUSTOMER: "leave it with the customer",
    Resolution.OUT_OF_SCOPE: "leave it out",
}
