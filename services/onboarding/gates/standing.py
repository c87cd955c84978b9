"""How each item of a case's gates stands: since when, by when, shown by what.

The standing is judged anew at every change of a case and stored beside it, so that a board
of hundreds of cases is one query; a gate itself never trusts what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from services.onboarding.gates.domain import Gate, GateItem, Gates, ItemState, Missing, judge
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.parties import Owner


@dataclass(frozen=True)
class ItemStanding:
    """An item of a gate as it stands in a case.

    Attributes:
        phase: the phase that the gate leaves.
        position: its place among all items of all gates.
        since: from when it holds, or from when it is missing: entering the phase, or the
            moment it stopped holding. None while it is missing and its phase still ahead.
        due_on: by when it has to hold; None where nothing tells.
        due_by_hand: whether an account manager set the day.
        evidence: what shows that it holds: the act that made it hold, unless set by hand.
        set_by: who set the day or the evidence by hand.
    """

    phase: Phase
    item: str
    position: int
    owner: Owner
    missing: tuple[Missing, ...]
    since: datetime | None
    due_on: date | None
    due_by_hand: bool = False
    evidence: str | None = None
    evidence_by_hand: bool = False
    document_id: str | None = None
    set_by: str | None = None
    set_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether the item lacks nothing."""
        return not self.missing

    def overdue_on(self, day: date) -> bool:
        """Whether it is missing though its day has passed.

        Args:
            day: today, or the day from which a paused case stands still.
        """
        return not self.holds and self.due_on is not None and self.due_on < day


@dataclass(frozen=True)
class Act:
    """What has just been done in a case; it shows why items hold that did not before.

    ``kind`` is that of its timeline entry, such as ``baseline-recorded``.
    """

    sentence: str
    document_id: str | None
    kind: str = ""


def standings(
    gates: Gates,
    case: CaseSnapshot,
    before: Mapping[str, ItemStanding],
    due: Mapping[str, date],
    *,
    entered_at: datetime,
    now: datetime,
    act: Act | None = None,
) -> tuple[ItemStanding, ...]:
    """How every item of every gate stands now.

    Args:
        gates: what is asked for.
        case: the case as it is now.
        before: how items stood at the last change, by key.
        due: by when items are due where nobody set a day by hand, by key.
        entered_at: when the case entered its phase.
        now: the instant to judge at.
        act: what has just been done, as evidence for items that now hold.
    """
    found: list[ItemStanding] = []
    for gate in gates.gates:
        for item, state in zip(gate.items, judge(gate, case).items, strict=True):
            known = before.get(state.key)
            found.append(
                ItemStanding(
                    phase=gate.leaves,
                    item=state.key,
                    position=len(found),
                    owner=state.owner,
                    missing=state.missing,
                    since=_since(gate, state, case.phase, known, entered_at, now),
                    due_on=_due(state, known, due),
                    due_by_hand=known is not None and known.due_by_hand,
                    evidence=_evidence(item, state, known, act),
                    evidence_by_hand=known is not None and known.evidence_by_hand,
                    document_id=_document(item, state, known, act),
                    set_by=known.set_by if known else None,
                    set_at=known.set_at if known else None,
                )
            )
    return tuple(found)


def _since(
    gate: Gate,
    state: ItemState,
    phase: Phase,
    known: ItemStanding | None,
    entered_at: datetime,
    now: datetime,
) -> datetime | None:
    if not state.holds and ROUTE.index(gate.leaves) > ROUTE.index(phase):
        return None
    if known is not None and known.holds is state.holds and known.since is not None:
        return known.since
    stopped = known is not None and known.holds
    return now if state.holds or stopped else entered_at


def _due(state: ItemState, known: ItemStanding | None, due: Mapping[str, date]) -> date | None:
    if known is not None and known.due_by_hand:
        return known.due_on
    own = [lack.due_on for lack in state.missing if lack.due_on is not None]
    if own:
        return min(own)
    return due.get(state.key, known.due_on if known else None)


def _evidence(
    item: GateItem, state: ItemState, known: ItemStanding | None, act: Act | None
) -> str | None:
    if known is not None and _is_shown(item, state, known, act):
        return known.evidence
    return act.sentence if _comes_to_hold(state, known) and act is not None else None


def _document(
    item: GateItem, state: ItemState, known: ItemStanding | None, act: Act | None
) -> str | None:
    if known is not None and _is_shown(item, state, known, act):
        return known.document_id
    return act.document_id if _comes_to_hold(state, known) and act is not None else None


def _is_shown(item: GateItem, state: ItemState, known: ItemStanding, act: Act | None) -> bool:
    """Whether what has shown the item so far still does."""
    if known.evidence_by_hand:
        return True
    done_anew = act is not None and act.kind in item.shown_by
    return known.holds and state.holds and not done_anew


def _comes_to_hold(state: ItemState, known: ItemStanding | None) -> bool:
    return state.holds and known is not None
