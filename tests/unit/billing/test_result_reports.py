"""The report to the Government: complete sentences, the same figures in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from services.billing.months import Month
from services.billing.results.domain import Amounts, Cell
from services.billing.results.papers import report_view
from services.billing.results.proposal_schemas import proposals_out
from services.billing.results.report import report
from services.billing.results.reporting import Ground, Text
from services.billing.results.rows import Results, proposed_for, row_of
from services.billing.results.rules import Category, Stream
from services.billing.results.surplus import Brought, areas_with_something, of_area

FEES = Cell("payroll", Category.ORDINARY, Stream.FEES, "payroll")
INVOICES = Cell("finance", Category.ORDINARY, Stream.FEES, "supplier-ledger")
STAFF = Cell("payroll", Category.ORDINARY, Stream.OWN_STAFF, "payroll")
START_UP = Cell("payroll", Category.START_UP, Stream.START_UP, "payroll")
PASSED_ON = Cell("finance", Category.PASSED_ON, Stream.PASSED_ON, "supplier-ledger")
MADE_AT = datetime(2026, 3, 1, tzinfo=UTC)
SEK = 100
MILLION = 1_000_000 * SEK


def ground(
    cells: dict[Cell, int],
    brought_ore: int = 0,
    *,
    running: Month | None = None,
    years: int = 2,
) -> Ground:
    """The year 2025 with what was posted in April."""
    amounts: Amounts = {(Month(2025, 4), cell): ore for cell, ore in cells.items()}
    brought = [Brought("payroll", Category.INHERITED, 2025, brought_ore)] if brought_ore else []
    rows = tuple(
        row_of(area, 2025, of_area(amounts, brought, area), of_area(amounts, (), area)[0], ())
        for area in areas_with_something(amounts, brought)
    )
    total = row_of(None, 2025, (amounts, brought), amounts, ())
    found = Results(2025, MADE_AT, running or Month(2026, 3), rows, total)
    by_area = tuple(proposed_for(row, 0, years) for row in rows)
    return Ground(found, proposed_for(total, 0, years), by_area)


WITHIN = ground({FEES: 10 * MILLION, STAFF: 9 * MILLION, START_UP: 500_000 * SEK})
OVER = ground({FEES: 10 * MILLION, STAFF: 9 * MILLION, PASSED_ON: 7 * SEK}, MILLION)
DEFICIT = ground({FEES: 10 * MILLION, STAFF: 10 * MILLION}, -MILLION)
SPENT = ground({FEES: 10 * MILLION, STAFF: 12 * MILLION}, 4 * MILLION, years=3)
TOO_LARGE = ground({FEES: 2 * SEK, STAFF: SEK}, MILLION)
NO_COST = ground({FEES: 10 * MILLION})
NO_FEES = ground({}, MILLION)
NOTHING = ground({})
RUNNING = ground({FEES: 10 * MILLION}, running=Month(2025, 5))
COMING = ground({FEES: 10 * MILLION}, running=Month(2024, 12))


def _proposal(text: Text) -> str:
    return " ".join(text.sections[3].paragraphs)


@pytest.mark.parametrize(
    "given",
    [WITHIN, OVER, DEFICIT, SPENT, TOO_LARGE, NO_COST, NO_FEES, NOTHING, RUNNING, COMING],
)
def test_it_is_complete_sentences_with_the_same_figures(given: Ground) -> None:
    swedish, english = report(given)
    figures = []
    for text in (swedish, english):
        paragraphs = [text.summary, *(each for of in text.sections for each in of.paragraphs)]
        assert len(text.sections) == 5
        assert all(of.paragraphs for of in text.sections)
        for paragraph in paragraphs:
            assert re.match(r"[A-ZÅÄÖ].*\.$", paragraph), paragraph
            assert not re.search(r"None|  |\.\.|\{|\}", paragraph)
        told = " ".join(paragraphs).replace("\u00a0", "").replace("25a", "25 a")
        figures.append(sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[,.](?=\d{3})", "", told))))
    assert [each for each in figures[0] if len(each) > 4] == [
        each for each in figures[1] if len(each) > 4
    ]
    view = report_view(given, MADE_AT)
    assert view["summary"] == swedish.summary
    assert len(view["areas"]) == len(given.results.rows)


def test_within_the_limit_nothing_is_proposed() -> None:
    swedish, english = report(WITHIN)
    assert "5 procent av omsättningen" in swedish.summary
    assert "Vi lämnar därför inget förslag." in swedish.summary
    assert _proposal(swedish) == "Överskottet ryms inom gränsen. Vi föreslår ingen åtgärd."
    assert _proposal(english) == "The surplus is within the limit. We propose nothing."
    assert "Uppstarten av kunder gav ett underskott på 500\u00a0000\u00a0kr." in " ".join(
        swedish.sections[0].paragraphs
    )


def test_above_the_limit_it_says_what_is_proposed_and_what_it_means() -> None:
    swedish = report(OVER).sv
    assert "20 procent av omsättningen" in swedish.summary
    # 2.0 million and 2 × 1.0 million to come, of 2 × 10 million, rounded up to -19.9.
    assert "sammantaget sänks med 19,9 procent från den 1 januari 2026" in _proposal(swedish)
    assert "inom lön sänks de med 20 procent" in _proposal(swedish)
    assert "betalar 199\u00a0000\u00a0kr mindre om året" in swedish.sections[4].paragraphs[0]
    assert "höjs med 13,4 procent" in _proposal(report(SPENT).sv)
    assert "Överskottet räcker inte" in _proposal(report(SPENT).sv)
    assert "besluta hur resten" in _proposal(report(TOO_LARGE).sv)
    assert "inga avgifter att ändra" in _proposal(report(NO_FEES).sv)


def test_without_costs_it_says_so_and_proposes_nothing() -> None:
    swedish, english = report(NO_COST)
    assert swedish.summary.endswith("Vi lämnar inget förslag förrän kostnaderna är bokförda.")
    assert "säger därför inte om avgifterna täcker" in " ".join(swedish.sections[0].paragraphs)
    assert _proposal(swedish) == ("Vi lämnar inget förslag, eftersom kostnaderna inte är bokförda.")
    assert _proposal(english) == "We make no proposal, since the costs are not posted."
    assert "ändras inte" in swedish.sections[4].paragraphs[0]


def test_a_deficit_and_a_forecast_are_told_as_such() -> None:
    assert "höjas med 5 procent" in _proposal(report(DEFICIT).sv)
    assert "We propose nothing." in _proposal(report(DEFICIT).en)
    assert "var vårt ackumulerade resultat noll." in report(NOTHING).sv.summary
    running = report(RUNNING).sv
    assert "väntas vårt ackumulerade resultat bli" in running.summary
    assert running.sections[0].paragraphs[0] == (
        "Siffrorna är bokförda till och med april\u00a02025. Resten är en prognos."
    )
    assert report(COMING).sv.sections[0].paragraphs[0].startswith("Ingen månad av 2025")


def test_where_the_report_proposes_nothing_for_lack_of_costs_neither_does_the_proposal() -> None:
    assert (NO_COST.is_over, NO_COST.proposes, NO_COST.proposed.proposal) == (True, False, None)
    shown = proposals_out(NO_COST.results, NO_COST.by_area, NO_COST.proposed)
    for each in (shown.total, *shown.service_areas):
        assert (each.lacks_cost, each.proposal) == (True, None)
        assert each.steps[-1] == "No cost of ordinary operations is posted, so nothing is proposed."
        assert each.steps_sv[-1].endswith("Därför föreslås inget.")
    # An area whose costs are not posted has no change of its own beside others that have one.
    mixed = ground({FEES: 10 * MILLION, STAFF: 2 * MILLION, INVOICES: MILLION})
    finance, payroll = mixed.by_area
    assert (finance.proposal, mixed.proposes) == (None, True)
    assert payroll.proposal is not None
    told = _proposal(report(mixed).sv)
    assert "inom ekonomi" not in told
    assert "Inom ekonomi är ingen kostnad för den ordinarie verksamheten bokförd." in told
    assert "no cost of ordinary operations is posted." in _proposal(report(mixed).en)
