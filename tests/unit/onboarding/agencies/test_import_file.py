"""Files of agencies: what is read, and what is found wrong in which row and column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.agencies.domain import (
    Agency,
    AgencyType,
    HeadcountBasis,
    LeadershipForm,
    YearFigures,
    settle_headcount,
)
from services.onboarding.agencies.import_file import (
    FileFault,
    FileRefusedError,
    ImportFile,
    read,
)
from services.onboarding.agencies.import_rows import (
    Circumstances,
    Imported,
    Known,
    Outcome,
    understand,
)

NOW = datetime(2025, 1, 7, 9, tzinfo=UTC)
UNDER = Circumstances(date(2025, 1, 7), NOW, {"payroll", "finance"})
HEADING = "org_number,name"


def file(*lines: str, heading: str = HEADING) -> ImportFile:
    """A file of these lines."""
    return read("\n".join([heading, *lines]).encode())


def first(heading: str, line: str, known: Known | None = None) -> Imported:
    """The first row understood."""
    (row,) = file(line, heading=heading).rows
    found = understand(row, known, UNDER)
    assert isinstance(found, Imported), found
    return found


def codes(heading: str, *lines: str, known: Known | None = None) -> list[tuple[str | None, str]]:
    """Column and code of every finding."""
    found = file(*lines, heading=heading)
    told = [*found.column_findings, *found.row_findings]
    for row in found.rows:
        result = understand(row, known, UNDER)
        told += [] if isinstance(result, Imported) else result
    return [(item.column, item.code) for item in told]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_usual_spellings_of_csv_are_read(delimiter: str, mark: bytes, end: str) -> None:
    decimals = "12.50" if delimiter == "," else "12,50"
    lines = [
        ["org_number", "name", "full_time_equivalents_2025"],
        ["2021006255", '"Å;, Ö"', decimals],
    ]
    text = end.join(delimiter.join(line) for line in lines)
    found = first_row(mark + text.encode())
    assert found.agency.org_number == "202100-6255"
    assert found.agency.name == "Å;, Ö"
    assert found.agency.facts.years == (YearFigures(2025, None, Decimal("12.50")),)
    assert (found.agency.headcount, found.agency.facts.headcount_basis) == (
        13,
        HeadcountBasis.FULL_TIME_EQUIVALENTS,
    )


def first_row(content: bytes) -> Imported:
    """The first row of a file's bytes."""
    (row,) = read(content).rows
    found = understand(row, None, UNDER)
    assert isinstance(found, Imported)
    return found


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"\n \r\n", FileFault.EMPTY),
        (b"org_number,name\n", FileFault.EMPTY),
        (b"org_number,name\n,\n", FileFault.EMPTY),
        ("org_number,name\n202100-6255,Å".encode("latin-1"), FileFault.NOT_UTF8),
        ("org_number,name\n202100-6255,A".encode("utf-16"), FileFault.NOT_UTF8),
        (b"org_number,name\n202100-6255,\x00", FileFault.NOT_UTF8),
        (b'org_number,name\n202100-6255,"A" B', FileFault.NOT_CSV),
        (b'org_number,name\n202100-6255,"A', FileFault.NOT_CSV),
        (b"org_number,name\n" + b"1,2\n" * 5_001, FileFault.TOO_MANY_ROWS),
    ],
)
def test_what_is_no_file_of_agencies_is_refused(content: bytes, fault: FileFault) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(content)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("org_number", [("name", "column_missing")]),
        ("org_number,name,colour", [("colour", "column_unknown")]),
        ("org_number,name,headcount_1066", [("headcount_1066", "column_unknown")]),
        ("org_number,name,name", [("name", "column_repeated")]),
        ("org_number,name,", [(None, "column_unnamed")]),
    ],
)
def test_wrong_columns_are_named(heading: str, expected: list[tuple[str | None, str]]) -> None:
    assert codes(heading, "202100-6255,A,1") == expected


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("headcount", "many", "not_a_count"),
        ("headcount", "-1", "not_a_count"),
        ("full_time_equivalents_2025", "1.234", "not_a_decimal"),
        ("established_on", "2025-02-30", "not_a_day"),
        ("established_on", "2025-W01-1", "not_a_day"),
        ("type", "klubb", "word_unknown"),
        ("leadership_form", "Kung", "word_unknown"),
        ("part_of_state", "maybe", "not_a_flag"),
        ("city", "x" * 201, "text_too_long"),
        ("city", '"a\nb"', "text_unprintable"),
        ("valid_from", "2025-01-08", "valid_from_ahead"),
        ("ended_on", "2024-01-01", "days_reversed"),
        ("head_name", "N N", "head_incomplete"),
        ("obligation_deadline_payroll", "2017-01-01", "obligation_incomplete"),
        ("obligation_deadline_catering", "2017-01-01", "service_area_unknown"),
    ],
)
def test_wrong_cells_are_named(column: str, cell: str, code: str) -> None:
    assert codes(f"{HEADING},{column}", f"202100-6255,A,{cell}") == [(column, code)]


def test_rows_are_told_apart() -> None:
    found = file("202100-6255,A", "202100-6256,B", "2021006255,C", "202100-4870", "202100-4870,")
    assert [(item.row, item.code) for item in found.row_findings] == [
        (3, "org_number_wrong"),
        (4, "row_repeated"),
        (5, "cells_miscounted"),
        (6, "value_missing"),
    ]


def test_type_and_part_of_state_have_to_go_together() -> None:
    heading = f"{HEADING},type,part_of_state"
    assert codes(heading, "202100-6255,A,kommun,ja") == [("part_of_state", "type_contradicted")]
    found = first(heading, "202100-6255,A,kommun,").agency
    assert (found.type, found.part_of_state) == (AgencyType.MUNICIPALITY, False)


def test_a_known_agency_is_brought_up_to_date_and_then_unchanged() -> None:
    heading = (
        f"{HEADING},leadership_form,headcount_2025,volume_payslip_2025,city,head_name,head_title,"
        "obligation_deadline_payroll,obligation_source_payroll"
    )
    line = "202100-6255,A,Styrelse,1652,19824,Stockholm,N N,GD,2017-01-01,Förordning (2015:665)"
    known = first(HEADING, "202100-6255,A").agency
    updated = first(heading, line, Known(known))
    assert updated.outcome is Outcome.UPDATED
    assert updated.changed == (
        "city",
        "facts",
        "headcount",
        "obligations",
        "people",
        "registered_city",
    )
    agency = updated.agency
    assert agency.facts.leadership_form is LeadershipForm.BOARD
    assert agency.facts.years == (YearFigures(2025, 1652, None, {"payslip": 19824}),)
    assert agency.version == known.version + 1
    assert first(heading, line, Known(agency)).outcome is Outcome.UNCHANGED


def _known() -> Agency:
    return first(f"{HEADING},city", "202100-6255,A,Stockholm").agency


@pytest.mark.parametrize(
    ("heading", "line", "column"),
    [
        (HEADING, "202100-6255,B", "name"),
        (f"{HEADING},city", "202100-6255,A,Lund", "city"),
        (f"{HEADING},valid_from", "202100-6255,A,2024-01-01", "valid_from"),
        (f"{HEADING},ended_on", "202100-6255,A,2026-01-01", "ended_on"),
    ],
)
def test_what_changes_by_life_events_is_not_imported_over(
    heading: str, line: str, column: str
) -> None:
    found = codes(heading, line, known=Known(_known()))
    assert found == [(column, "differs_from_register")]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    try:
        found = read(b"org_number,name,headcount\n" + content)
    except FileRefusedError:
        return
    assert all(item.row >= 1 for item in found.row_findings)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((), (0, HeadcountBasis.UNKNOWN)),
        ((YearFigures(2016, 5), YearFigures(2025)), (5, HeadcountBasis.STATED)),
        (
            (YearFigures(2016, None, Decimal(3)), YearFigures(2025, None, Decimal("0.03"))),
            (1, HeadcountBasis.FULL_TIME_EQUIVALENTS),
        ),
    ],
)
def test_the_headcount_is_the_latest_there_is(
    years: tuple[YearFigures, ...], expected: tuple[int, HeadcountBasis]
) -> None:
    assert settle_headcount(None, years) == expected
