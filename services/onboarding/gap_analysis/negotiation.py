"""The negotiation about a gap: proposals and answers, added one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.onboarding.gap_analysis.domain import Resolution
from services.onboarding.parties import Party


class EntryKind(StrEnum):
    """What an entry of a negotiation is."""

    PROPOSAL = "proposal"
    ANSWER = "answer"
    REMARK = "remark"


@dataclass(frozen=True)
class Entry:
    """What one side said about a gap; entries are never changed.

    A proposal names a resolution and may name its effort, its price (öre, once) and, of an
    exception, its end. An answer says whether it accepts the other side's proposal
    ``answers``; one that does not may propose something else. The rest are remarks.
    """

    id: str
    at: datetime
    side: Party
    who: str
    text: str
    proposes: Resolution | None = None
    effort_hours: int | None = None
    price_ore: int | None = None
    until: date | None = None
    answers: str | None = None
    accepts: bool | None = None

    @property
    def kind(self) -> EntryKind:
        """Whether it answers, proposes or remarks."""
        if self.answers is not None:
            return EntryKind.ANSWER
        return EntryKind.PROPOSAL if self.proposes is not None else EntryKind.REMARK


class ProposalUnknownError(Exception):
    """The answered entry is no proposal of this negotiation."""


class OwnProposalError(Exception):
    """A side cannot answer its own proposal."""


class AlreadyAnsweredError(Exception):
    """The proposal has its answer."""


def require_answerable(entries: Sequence[Entry], answers: str, side: Party) -> Entry:
    """The proposal that a side may answer.

    Raises:
        ProposalUnknownError: there is no such proposal.
        OwnProposalError: it is the side's own.
        AlreadyAnsweredError: it was answered before.
    """
    proposal = next(
        (entry for entry in entries if entry.id == answers and entry.proposes is not None), None
    )
    if proposal is None:
        raise ProposalUnknownError
    if proposal.side is side:
        raise OwnProposalError
    if any(entry.answers == answers for entry in entries):
        raise AlreadyAnsweredError
    return proposal


def open_proposals(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The proposals that the other side has not answered yet."""
    answered = {entry.answers for entry in entries}
    return tuple(
        entry for entry in entries if entry.proposes is not None and entry.id not in answered
    )
