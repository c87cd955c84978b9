"""Similarity, the standardisation score, negotiations: rules of phase 2 beside the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.gap_analysis.negotiation import (
    AlreadyAnsweredError,
    Entry,
    EntryKind,
    OwnProposalError,
    ProposalUnknownError,
    open_proposals,
    require_answerable,
)
from services.onboarding.gap_analysis.precedents import standardisation_rules
from services.onboarding.gap_analysis.similarity import (
    EarlierGap,
    Gap,
    how_decided,
    most_similar,
    similarity,
)
from services.onboarding.gap_analysis.standardisation import score
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import AT, decision

RULES = standardisation_rules()
REFS = tuple(ActivityRef("payroll", f"activity-{n}") for n in range(12))
UNTIL = date(2025, 12, 31)


@st.composite
def analyses(draw: st.DrawFn) -> list[Comparison]:
    """Comparisons of some of the activities, decided or not."""
    found: list[Comparison] = []
    for ref in REFS:
        if not draw(st.booleans()):
            continue
        gap = draw(st.booleans())
        decided = draw(st.sampled_from([None, *Resolution])) if gap else None
        found.append(
            Comparison(
                ref=ref,
                customer_way="Som i dag.",
                gap=gap,
                kind=GapKind.PROCESS if gap else None,
                size=draw(st.sampled_from(GapSize)) if gap else None,
                version=1,
                catalogue_version="2026-1",
                decision=decision(decided) if decided else None,
            )
        )
    return found


def _slow_percent(comparisons: list[Comparison]) -> Decimal:
    """The score as the formula reads, by trying every tenth from the top."""
    known = {item.ref: item for item in comparisons}
    pairs = []
    for ref in REFS:
        item = known.get(ref)
        weight = RULES.weights[item.size] if item and item.size else RULES.weight_without_gap
        if item is None or (item.gap and item.decision is None):
            credit = Decimal(0)
        else:
            credit = RULES.credits[item.decision.resolution] if item.decision else Decimal(1)
        pairs.append((weight, credit))
    share = sum(weight * Fraction(credit) for weight, credit in pairs)
    whole = sum(weight for weight, _ in pairs)
    return max(Decimal(n) / 10 for n in range(1001) if Fraction(n, 1000) * whole <= share)


@given(analyses())
def test_the_score_is_what_its_formula_says(comparisons: list[Comparison]) -> None:
    found = score(REFS, comparisons, RULES)
    assert found.percent == _slow_percent(comparisons)
    assert 0 <= found.percent <= found.reachable_percent <= 100
    assert (found.open == 0) <= (found.percent == found.reachable_percent)


@given(analyses(), st.sampled_from(REFS))
def test_adopting_the_standard_never_lowers_the_score(
    comparisons: list[Comparison], ref: ActivityRef
) -> None:
    adopted = [
        replace(item, decision=decision(Resolution.ADOPT_STANDARD))
        if item.ref == ref and item.gap
        else item
        for item in comparisons
    ]
    before, after = score(REFS, comparisons, RULES), score(REFS, adopted, RULES)
    assert before.percent <= after.percent
    assert before.reachable <= after.reachable


def test_all_standard_is_a_hundred_and_nothing_else_is() -> None:
    same = Comparison(REFS[0], "x", False, None, None, 1, "2026-1")
    assert score(REFS[:1], [same], RULES).percent == Decimal("100.0")
    many = [ActivityRef("payroll", str(n)) for n in range(3000)]
    all_but_one = [replace(same, ref=ref) for ref in many[:-1]]
    assert score(many, all_but_one, RULES).percent == Decimal("99.9")


gaps = st.builds(
    Gap,
    st.sampled_from(GapKind),
    st.sampled_from(GapSize),
    st.lists(st.sampled_from(["attest", "papper", "chef", "fil", "system", "i", "på"])).map(
        " ".join
    ),
)


@given(gaps, gaps)
def test_likeness_is_the_same_both_ways_and_whole_only_for_the_same(one: Gap, other: Gap) -> None:
    likeness = similarity(one, other)
    assert likeness == similarity(other, one)
    assert 0 <= likeness <= 1
    assert similarity(one, one) == 1


def test_likeness_by_hand() -> None:
    one = Gap(GapKind.PROCESS, GapSize.SMALL, "Chefen attesterar på papper.")
    other = Gap(GapKind.PROCESS, GapSize.MEDIUM, "Attesterar på PAPPER hos registrator")
    # Words: chefen, attesterar, papper / attesterar, papper, hos, registrator: 2 of 5.
    assert similarity(one, other) == Fraction(50 * 2, 500) + Fraction(30, 100) + Fraction(10, 100)


def _earlier(name: str, way: str, day: int, resolution: Resolution, price: int) -> EarlierGap:
    decided = replace(
        decision(resolution, price_ore=price), decided_at=datetime(2025, 1, day, tzinfo=UTC)
    )
    return EarlierGap(name, "1", name, Gap(GapKind.DATA, GapSize.LARGE, way), decided)


def test_the_most_alike_come_first_and_the_later_of_equals() -> None:
    mine = Gap(GapKind.DATA, GapSize.LARGE, "Filen saknar kostnadsställe")
    earlier = [
        _earlier("far", "Något annat", 9, Resolution.OUT_OF_SCOPE, 300),
        _earlier("old", "Filen saknar kostnadsställe", 1, Resolution.CENTRE_ADAPTS, 100),
        _earlier("new", "Filen saknar kostnadsställe", 2, Resolution.CENTRE_ADAPTS, 200),
    ]
    found = most_similar(mine, earlier, 2)
    assert [each.earlier.case_id for each in found] == ["new", "old"]
    assert {each.similarity for each in found} == {Fraction(1)}
    figures = how_decided(earlier)
    assert (figures.gaps, figures.median_price_ore, figures.median_effort_hours) == (3, 200, 8)
    assert figures.by_resolution == {Resolution.CENTRE_ADAPTS: 2, Resolution.OUT_OF_SCOPE: 1}
    nothing = how_decided([])
    assert (nothing.gaps, nothing.median_price_ore) == (0, None)


def _entry(id_: str, side: Party, **more: object) -> Entry:
    return Entry(id=id_, at=AT, side=side, who="Karin Berg", text="Förslag.", **more)  # type: ignore[arg-type]  # named by the callers below


def test_a_proposal_is_answered_once_by_the_other_side() -> None:
    proposal = _entry("1", Party.CUSTOMER, proposes=Resolution.EXCEPTION_UNTIL, until=UNTIL)
    remark = _entry("2", Party.CENTRE)
    counter = _entry(
        "3", Party.CENTRE, answers="1", accepts=False, proposes=Resolution.ADOPT_STANDARD
    )
    said = [proposal, remark]
    assert [entry.kind for entry in (*said, counter)] == [
        EntryKind.PROPOSAL,
        EntryKind.REMARK,
        EntryKind.ANSWER,
    ]
    assert require_answerable(said, "1", Party.CENTRE) == proposal
    assert open_proposals(said) == (proposal,)
    with pytest.raises(OwnProposalError):
        require_answerable(said, "1", Party.CUSTOMER)
    for stranger in ("2", "9"):
        with pytest.raises(ProposalUnknownError):
            require_answerable(said, stranger, Party.CENTRE)
    with pytest.raises(AlreadyAnsweredError):
        require_answerable([*said, counter], "1", Party.CENTRE)
    # An answer that proposes something else is itself open to the other side's answer.
    assert open_proposals([*said, counter]) == (counter,)
    assert require_answerable([*said, counter], "3", Party.CUSTOMER) == counter
