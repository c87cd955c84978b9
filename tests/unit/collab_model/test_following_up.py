"""Colours, differences and papers of following up."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import swedish
from services.chassis.pdf import set_document
from services.collab_model.following_up import data
from services.collab_model.following_up.attainment import domain as outlook_levels
from services.collab_model.following_up.attainment.domain import (
    ClosedMonth,
    Key,
    Outlook,
    SoFar,
    outlook_of,
    watched,
)
from services.collab_model.following_up.charts import lowest, months_chart
from services.collab_model.following_up.statements.domain import (
    Head,
    MatterCounts,
    PastResult,
    canonical,
    difference,
    document_of,
    judged,
)
from services.collab_model.following_up.statements.papers import statement_view
from services.collab_model.following_up.statements.settled import difference_view
from services.collab_model.following_up.statements.table import statement_csv
from services.collab_model.following_up.status import (
    Status,
    misses_in_a_row,
    misses_until_red,
    risk_status,
    status_of,
    worst,
)
from services.collab_model.following_up.tertials.domain import (
    AgreedAction,
    Facts,
    MonthOfLevel,
    Risk,
    ServiceOfReport,
    Tertial,
    report_of,
)
from services.collab_model.following_up.tertials.papers import tertial_view
from services.collab_model.levels.decided import team_with
from services.collab_model.levels.domain import CorrectionReason, Level, Month, Tally
from services.collab_model.levels.measures import Made, Promised
from services.collab_model.levels.month import MonthMeasured
from services.collab_model.levels.results import (
    DecidedCase,
    Judgement,
    Stated,
    of_clocks,
    of_deliveries,
    of_readings,
)
from services.collab_model.matters.log import LogEntry, MatterEvent, Party
from services.contracts.credits import calculate
from services.contracts.values import CreditTerms, MeasureKind

THRESHOLDS = data.thresholds()
CLOSED = datetime(2026, 4, 1, 0, tzinfo=UTC)
HOSTILE = "#panic() *bold* \\ $x$ @ref \u202eabc <b> ☃ 漢字 =cmd|' /C calc'!A0"
"""What somebody may have typed into a title; it means nothing anywhere."""


@given(
    good=st.integers(0, 300),
    failed=st.integers(0, 300),
    below=st.decimals(0, 100, places=1).map(Fraction),
)
def test_so_many_more_misses_turn_a_level_red_and_no_fewer(
    good: int, failed: int, below: Fraction
) -> None:
    total = good + failed
    if total == 0:
        return
    left = misses_until_red(good, total, below)
    shares = [Fraction(100 * max(0, good - more), total) for more in range(good + 2)]
    red = [more for more, share in enumerate(shares) if share < below]
    if below > 0:
        assert left == red[0]


def test_what_is_nearest_to_red_comes_first() -> None:
    def outlook(key: str, months: list[tuple[int, int]], so_far: int) -> Outlook:
        closed = tuple(
            ClosedMonth(f"2026-0{place}", good, total, met=good * 100 >= 95 * total)
            for place, (good, total) in enumerate(months, start=1)
        )
        level = outlook_levels.Level(
            Key("a", "s", key), "o", key, key, MeasureKind.RESPONSE_TIME, Decimal(95), closed
        )
        found = outlook_of(level, SoFar(so_far, so_far), Fraction(1, 2), THRESHOLDS)
        assert found is not None
        return found

    spared = outlook("spared", [(1, 1), (1, 1)], 0)  # one miss is red, but none ever comes
    pressed = outlook("pressed", [(19, 20), (20, 20)], 1)
    red = outlook("red", [(20, 20)], 3)
    far = outlook("far", [(1000, 1000)], 0)
    found = watched([far, spared, pressed, red], THRESHOLDS)
    assert [each.level.name for each in found] == ["red", "pressed", "spared"]
    assert [each.misses_left for each in found] == [0, 2, 1]


@pytest.mark.parametrize(
    ("share", "met", "missed_before", "status"),
    [
        (Fraction(95), True, 5, Status.GREEN),
        (None, True, 0, Status.GREY),
        (None, False, 0, Status.RED),
        (Fraction("94.99"), False, 0, Status.AMBER),
        (Fraction(90), False, 0, Status.AMBER),
        (Fraction("89.99"), False, 0, Status.RED),
        (Fraction(94), False, 2, Status.RED),
    ],
)
def test_near_misses_are_amber_until_there_are_too_many_in_a_row(
    share: Fraction | None, met: bool, missed_before: int, status: Status
) -> None:
    kind = MeasureKind.RESPONSE_TIME
    found = status_of(
        kind, Decimal(95), share, met=met, missed_before=missed_before, thresholds=THRESHOLDS
    )
    assert found is status


def test_a_whole_has_the_colour_of_its_worst_part() -> None:
    assert worst([Status.GREEN, Status.AMBER, Status.GREY]) is Status.AMBER
    assert worst([]) is Status.GREY
    assert misses_in_a_row([False, True, False, False]) == 2
    assert [risk_status(*each, THRESHOLDS) for each in ((1, 5), (2, 3), (3, 5))] == [
        Status.GREEN,
        Status.AMBER,
        Status.RED,
    ]


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=13))
def test_a_chart_shows_every_month_within_its_frame(outcomes: list[Decimal]) -> None:
    months = [
        (f"2026-{place % 12 + 1:02d}", str(each), "green") for place, each in enumerate(outcomes)
    ]
    chart = months_chart("x", Decimal(95), months)
    assert all(0 <= bar["height"] <= 1 for bar in chart["bars"])
    assert 0 <= chart["required"] <= 1
    assert lowest([*outcomes, Decimal(95)]) <= min(outcomes)


def test_tertials_follow_each_other() -> None:
    tertial = Tertial.parse("2026-T1")
    assert [str(month) for month in tertial.months] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert str(tertial.before) == "2025-T3"
    assert Tertial.of(Month(2025, 12)) == tertial.before
    assert (tertial.first_day, tertial.last_day) == (date(2026, 1, 1), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 min"), (42, "42 s"), (3600, "1 h"), (5100, "1 h 25 min"), (4_500_060, "1 250 h 1 min")],
)
def test_durations_are_read_in_hours_and_minutes(seconds: int, text: str) -> None:
    assert swedish.duration(seconds).replace("\u00a0", " ") == text


def level(key: str, kind: MeasureKind, required: str) -> Level:
    return Level(key, key, kind, {}, Decimal(required), name=key, name_sv=f"Nivån {key}")


RESPONSE = level("response", MeasureKind.RESPONSE_TIME, "95")
QUALITY = level("quality", MeasureKind.QUALITY_SHARE, "99")


def measured(good: int, stated: dict[str, Stated] | None = None) -> MonthMeasured:
    """A month with forty matters, three of them late, and a hundred payslips."""
    terms = CreditTerms(
        percent_per_breach=Decimal(2),
        monthly_cap_percent=Decimal(10),
        exclusions=("customer-late-input",),
    )
    judgement = Judgement(
        stated=lambda _, subject: (stated or {}).get(subject, Stated()),
        exclusions=frozenset(terms.exclusions),
        not_stated=data.causes().not_stated.key,
        team="payroll",
    )
    cases = [
        DecidedCase(
            matter_id=str(number),
            title=HOSTILE,
            priority="normal",
            level=RESPONSE.key,
            met=number > 2,
            at=datetime(2026, 3, 5, 10, number, tzinfo=UTC),
            late_by=timedelta(minutes=number),
        )
        for number in range(40)
    ]
    results = (
        of_clocks(RESPONSE, cases, judgement),
        of_readings(QUALITY, Tally(good, 100), judgement),
    )
    return MonthMeasured(
        version=1,
        customer_name="Pensionsmyndigheten",
        results=results,
        promises=(),
        availabilities=(),
        breaches=("a", "b", "c"),
        excluded_breaches=(),
        terms=terms,
        credit=calculate(terms, 3, ()),
    )


HEAD = Head(
    agreement_id="agreement",
    org_number="202100-6255",
    customer_name="Pensionsmyndigheten",
    service="payroll",
    service_name="Payroll",
    service_name_sv="Löneadministration",
    month=Month(2026, 3),
    revision=1,
    reason="",
    whole_month=True,
    closed_at=CLOSED,
)
COUNTS = MatterCounts(40, 38, 2, {"incident": 40}, {"normal": 40})
HISTORY = [
    PastResult("response", "2026-01", Decimal(95), Decimal(94), Fraction(94), met=False),
    PastResult("response", "2026-02", Decimal(95), Decimal("97.5"), None, met=True),
]


def statement(found: MonthMeasured, head: Head = HEAD) -> dict[str, Any]:
    return document_of(head, found, COUNTS, HISTORY, THRESHOLDS)


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\u00a0", " ")


def test_parts_sum_to_the_result_they_are_parts_of() -> None:
    for result in measured(97, {"matter:1": Stated("centre-system", "finance")}).results:
        tally = result.outcome.tally
        assert sum(part.total for part in result.parts) == tally.total
        assert sum(part.failed for part in result.parts) == tally.failed
        assert sum(each.failed for each in result.deviations) in {0, tally.failed}


def test_a_statement_says_the_same_again_and_what_changed() -> None:
    before = statement(measured(97))
    assert canonical(judged(statement(measured(97)))) == canonical(judged(before))
    late = {"matter:0": Stated("customer-late-input")}
    after = statement(measured(99, late), replace(HEAD, revision=2, reason="Sen mätning"))
    found = difference(before, after)
    assert [(each["level"], each["outcome_percent"], each["met"]) for each in found["levels"]] == [
        ("response", ["92.5", "92.5"], [False, False]),
        ("quality", ["97", "99"], [False, True]),
    ]
    assert [each["level"] for each in found["deviations_removed"]] == ["quality"]
    assert [each["excluded"] for each in found["levels"]] == [[0, 1], [0, 0]]
    assert [each["after"]["excluded"] for each in found["deviations_changed"]] == [True]
    assert [each["status"] for each in after["levels"][0]["history"]] == ["amber", "grey"]


def test_a_correction_says_on_paper_what_it_changes_and_why() -> None:
    before = statement(measured(97))
    late = {"matter:0": Stated("customer-late-input", "finance")}
    why = CorrectionReason.KNOWN_LATER.value
    after = statement(measured(99, late), replace(HEAD, revision=2, reason=why))
    # The agreement turned out to promise another level instead.
    after["levels"][1] |= {"level": "up", "kind": "availability", "good": 3000, "total": 6600}
    after["difference"] = difference(before, after)
    view = difference_view(after, data.causes(), data.teams(), data.words())
    assert view is not None
    assert "Skäl: Det som blev känt senare ändrade utfallet." in view["opening"]
    told = [[cell.replace("\u00a0", " ") for cell in row] for row in view["rows"]]
    assert told == [
        [
            "Nivån response",
            "92,5 % (37 av 40 ärenden)",
            "92,5 % (37 av 40 ärenden, 1 utan avdrag)",
        ],
        ["Nivån quality", "–", "99 % (1 h nere)"],
        ["Nivån quality", "97 % (97 av 100 fall)", "–"],
        ["Avvikelser", "1 utgår", "0 nya"],
        [
            f"Orsak: {HOSTILE} (nivån response)",
            "Inte angiven",
            "Sent eller ofullständigt underlag från kunden",
        ],
        [f"Enhet: {HOSTILE} (nivån response)", "Löneenheten", "Ekonomienheten"],
    ]


def test_what_was_typed_is_text_on_paper_and_no_formula_in_a_table() -> None:
    after = statement(measured(99), replace(HEAD, revision=2, reason="Sen mätning"))
    after["difference"] = difference(statement(measured(97)), after)
    after["deviations"][0]["note"] = endless = "A1" * 60
    view = statement_view(after, data.words(), data.causes(), data.teams())
    paper = set_document(data.FOLDER / "papers" / "statement.typ", view, CLOSED)
    assert paper == set_document(data.FOLDER / "papers" / "statement.typ", view, CLOSED)
    text = text_of(paper)
    for told in ("#panic()", "[U+202E]", "rättar utgåva 1", "Nivån response", "92,5 %"):
        assert told in text
    # A word that no line can hold is divided, and none of it is lost.
    assert endless not in text
    assert endless in text.replace("\n", "")
    table = list(csv.DictReader(io.StringIO(statement_csv(after))))
    assert [(row["subject"], row["outcome_percent"]) for row in table[-4:]] == [
        ("breaches", "6"),
        ("sum", "6"),
        ("cap", "10"),
        ("given", "6"),
    ]
    after["deviations"][0]["what"] = "=1+1"
    assert ",'=1+1," in statement_csv(after)


@pytest.mark.parametrize(
    ("at", "team"),
    [(1, None), (2, None), (3, "specialists"), (5, "specialists"), (6, None), (9, None)],
)
def test_a_matter_is_with_the_team_that_had_it_until_then(at: int, team: str | None) -> None:
    """Handed over at 2, resolved at 5 and reopened, with nobody but the unit itself since."""
    told = [(1, "raised"), (2, "handed_to_team"), (5, "resolved"), (7, "reopened")]
    entries = [
        LogEntry(
            sequence=hour,
            event=MatterEvent(event),
            at=CLOSED.replace(hour=hour),
            party=Party.CENTRE,
            recorded_at=CLOSED,
            counterpart="specialists" if event == "handed_to_team" else None,
        )
        for hour, event in told
    ]
    assert team_with(entries, CLOSED.replace(hour=at)) == team


def test_a_late_delivery_is_late_by_days_on_the_swedish_calendar() -> None:
    made = Made("pay", datetime(2026, 3, 25, 23, 30, tzinfo=UTC))  # the 26th in Stockholm
    promised = Promised("pay", "Lön", date(2026, 3, 25), made, in_time=False)
    judgement = Judgement(lambda *_: Stated(), frozenset(), "not-stated", "payroll")
    [late] = of_deliveries(QUALITY, [promised], judgement).deviations
    assert late.late_by == timedelta(days=1)


def test_a_month_without_anything_has_its_paper_too() -> None:
    nothing = replace(measured(0), results=(), breaches=(), terms=None, credit=None)
    bare = document_of(HEAD, nothing, MatterCounts(0, 0, 0, {}, {}), (), THRESHOLDS)
    view = statement_view(bare, data.words(), data.causes(), data.teams())
    text = text_of(set_document(data.FOLDER / "papers" / "statement.typ", view, CLOSED))
    assert "Ingen avvikelse" in text


def test_a_tertial_has_its_paper() -> None:
    tertial = Tertial(2026, 1)
    results = [
        MonthOfLevel(
            service="payroll",
            level="response",
            name_sv="Nivån response",
            kind=MeasureKind.RESPONSE_TIME,
            period=str(month),
            required_share_percent=Decimal(95),
            outcome_percent=Decimal(good),
            met=good >= 95,
            good=good,
            total=100,
        )
        for month, good in zip(
            (*tertial.before.months, *tertial.months), (97, 98, 99, 98, 96, 96, 95, 96), strict=True
        )
    ]
    facts = Facts(
        agreement_id="agreement",
        org_number="202100-6255",
        customer_name="Pensionsmyndigheten",
        tertial=tertial,
        services=[ServiceOfReport("payroll", "Löneadministration")],
        results=results,
        causes={"centre-staffing": 3},
        not_stated="not-stated",
        credits={("payroll", "2026-02"): Decimal("2.5")},
        open_critical=2,
        risks=[Risk(HOSTILE, "payroll", 5, 5, "Nej", "Ingen", None, None)],
        actions=[
            AgreedAction(HOSTILE, "Kunden", date(2026, 5, 1), "Taktiskt forum", date(2026, 3, 1))
        ],
        comment="Två stycken.\n\nHär är det andra.",
    )
    report = report_of(facts, THRESHOLDS)
    [service] = report["services"]
    assert (service["status"], service["levels"][0]["trend"]) == ("green", "worse")
    assert [each["kind"] for each in report["signals"]] == ["falling", "open_critical"]
    view = tertial_view(
        report,
        data.words(),
        data.causes(),
        THRESHOLDS,
        revision=2,
        made_at=CLOSED,
        reason="Ny risk",
    )
    text = text_of(set_document(data.FOLDER / "papers" / "tertial.typ", view, CLOSED))
    for told in ("Tertialrapport 1 2026", "2 kritiska ärenden är öppna", "95,75 %", "2,5 %"):
        assert told in text


def test_a_month_from_before_the_counts_is_taken_by_its_outcome() -> None:
    shown = [
        MonthOfLevel("s", "l", "L", MeasureKind.QUALITY_SHARE, f"2026-0{month}", Decimal(95),
                     Decimal(outcome), True, None, None)
        for month, outcome in ((1, 90), (2, 100))
    ]  # fmt: skip
    facts = Facts("a", "o", "c", Tertial(2026, 1), [ServiceOfReport("s", "S")], shown, {}, "n", {},
                  0, [], [], "")  # fmt: skip
    [service] = report_of(facts, THRESHOLDS)["services"]
    assert (service["levels"][0]["outcome_percent"], service["levels"][0]["total"]) == ("95", None)
