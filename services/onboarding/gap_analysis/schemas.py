"""Comparisons, decisions and negotiations in requests and responses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import (
    AS_A_NUMBER,
    AmountOre,
    Day,
    Flag,
    LongText,
    PossiblyBlank,
    RequestModel,
    ResponseModel,
)
from services.onboarding.gap_analysis.domain import (
    GapKind,
    GapSize,
    PastDecision,
    Resolution,
    Superseded,
)
from services.onboarding.gap_analysis.negotiating import EntryDraft
from services.onboarding.gap_analysis.negotiation import Entry, EntryKind, open_proposals
from services.onboarding.gap_analysis.repository import FallenAway
from services.onboarding.gap_analysis.service import Analysis, WholeComparison
from services.onboarding.gap_analysis.state import (
    ActivityState,
    ComparisonDraft,
    DecisionDraft,
    shown,
    shown_decision,
)
from services.onboarding.parties import Party

ExpectedVersion = Annotated[
    int | None,
    Field(
        default=None,
        ge=0,
        description="The version you read (0: not compared yet); another one refuses.",
    ),
    AS_A_NUMBER,
]
EffortHours = Annotated[int, Field(ge=0, le=100_000), AS_A_NUMBER]


class PutComparison(RequestModel):
    """How the customer does an activity today."""

    customer_way: LongText
    gap: Flag
    kind: GapKind | None = None
    size: GapSize | None = None
    expected_version: ExpectedVersion

    def draft(self) -> ComparisonDraft:
        """The comparison as the use case takes it."""
        return ComparisonDraft(self.customer_way, self.gap, self.kind, self.size)


class PutDecision(RequestModel):
    """What is decided about a gap; ``until`` is required for an exception, and only there."""

    decision: Resolution
    reason: LongText
    effort_hours: EffortHours | None = None
    price_ore: AmountOre | None = None
    until: Day | None = None
    decided_by: PossiblyBlank
    mandate: PossiblyBlank
    expected_version: ExpectedVersion

    def draft(self) -> DecisionDraft:
        """The decision as the use case takes it."""
        return DecisionDraft(
            resolution=self.decision,
            reason=self.reason,
            effort_hours=self.effort_hours,
            price_ore=self.price_ore,
            until=self.until,
            decided_by=self.decided_by,
            mandate=self.mandate,
        )


class AddNegotiationEntry(RequestModel):
    """What your side says: a proposal, an answer to the other side's, or a remark.

    ``proposes`` makes it a proposal. ``answers`` and ``accepts`` together make it an answer;
    one that does not accept may propose something else.
    """

    who: PossiblyBlank
    text: LongText
    proposes: Resolution | None = None
    effort_hours: EffortHours | None = None
    price_ore: AmountOre | None = None
    until: Day | None = None
    answers: (
        Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)]
        | None
    ) = None
    accepts: Flag | None = None

    def draft(self) -> EntryDraft:
        """The entry as the use case takes it."""
        return EntryDraft(**dict(self))


class DecisionOut(ResponseModel):
    """A decision on a gap; ``recorded_by`` is the party through which it was recorded."""

    decision: Resolution
    reason: str
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    decided_by: str
    mandate: str
    decided_at: AwareDatetime
    recorded_by: Party | None


class PastDecisionOut(DecisionOut):
    """A decision in the history of a gap; it stands while ``superseded_at`` is null."""

    comparison_version: int
    superseded_at: AwareDatetime | None
    superseded_because: Superseded | None

    @classmethod
    def of(cls, past: PastDecision) -> PastDecisionOut:
        """The response for a decision of the history."""
        return cls.model_validate(
            {
                **shown_decision(past.decision),
                "comparison_version": past.comparison_version,
                "superseded_at": past.superseded_at,
                "superseded_because": past.superseded_because,
            }
        )


class NegotiationEntryOut(ResponseModel):
    """What one side said about a gap."""

    id: str
    kind: EntryKind
    at: AwareDatetime
    side: Party
    who: str
    text: str
    proposes: Resolution | None
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    answers: str | None
    accepts: bool | None

    @classmethod
    def of(cls, entry: Entry) -> NegotiationEntryOut:
        """The response for an entry."""
        return cls.model_validate(entry)


class ComparisonOut(ResponseModel):
    """An activity of the standard delivery held against the customer's way."""

    service: str
    activity: str
    name: str
    name_sv: str
    customer_words: str
    customer_words_sv: str
    standard_sv: str
    accountable: str
    contributes: str
    compared: bool
    version: int
    customer_way: str | None
    gap: bool | None
    kind: GapKind | None
    size: GapSize | None
    catalogue_version: str | None
    standard_changed: bool
    decision: DecisionOut | None

    @classmethod
    def of(cls, state: ActivityState) -> ComparisonOut:
        """The response for an activity."""
        return cls.model_validate(shown(state))


class WholeComparisonOut(ComparisonOut):
    """An activity with every decision there was, oldest first, and its negotiation."""

    decisions: list[PastDecisionOut]
    negotiation: list[NegotiationEntryOut]
    open_proposals: list[str]

    @classmethod
    def of_whole(cls, found: WholeComparison) -> WholeComparisonOut:
        """The response for an activity with its history."""
        document: dict[str, Any] = {
            **shown(found.state),
            "decisions": [PastDecisionOut.of(past) for past in found.decisions],
            "negotiation": [NegotiationEntryOut.of(entry) for entry in found.negotiation],
            "open_proposals": [entry.id for entry in open_proposals(found.negotiation)],
        }
        return cls.model_validate(document)


class FallenAwayOut(ResponseModel):
    """A comparison whose activity is not in the case's catalogue any more."""

    service: str
    activity: str
    customer_way: str
    gap: bool
    kind: GapKind | None
    size: GapSize | None
    fell_away_at: AwareDatetime
    fell_away_with: str

    @classmethod
    def of(cls, fallen: FallenAway) -> FallenAwayOut:
        """The response for a comparison that fell away."""
        comparison = fallen.comparison
        return cls(
            service=comparison.ref.service,
            activity=comparison.ref.activity,
            customer_way=comparison.customer_way,
            gap=comparison.gap,
            kind=comparison.kind,
            size=comparison.size,
            fell_away_at=fallen.at,
            fell_away_with=fallen.with_version,
        )


class ComparisonsOut(ResponseModel):
    """Every activity of a case: a bounded list, as long as the catalogue makes it."""

    items: list[ComparisonOut]
    fallen_away: list[FallenAwayOut]

    @classmethod
    def of(cls, analysis: Analysis) -> ComparisonsOut:
        """The response for a gap analysis."""
        return cls(
            items=[ComparisonOut.of(state) for state in analysis.states],
            fallen_away=[FallenAwayOut.of(each) for each in analysis.fallen_away],
        )
