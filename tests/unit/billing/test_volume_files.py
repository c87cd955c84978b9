"""Files of volumes: pieces that are the same however they arrive, rows that stand alone."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.billing.volumes.pieces import LineTooLongError, Pieces
from services.billing.volumes.reading import CSV, NDJSON, FileReader, HeadLineError, Read
from services.billing.volumes.schemas import VolumeIn

UNITS = frozenset({"payslip", "supplier-invoice"})
HEAD = "id,org_number,service,unit,period,quantity"
GOOD = "a,202100-6255,payroll,payslip,2025-03,12"


@settings(max_examples=40)
@given(
    st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=20),
    st.lists(st.integers(0, 200), max_size=6),
)
def test_pieces_are_the_same_however_the_file_arrives(lines: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(line + b"\n" for line in lines)
    bounds = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = Pieces(size=20)
    parts = [whole[first:last] for first, last in pairwise(bounds)]
    found = [piece for part in parts for piece in pieces.add(part)]
    at_once = Pieces(size=20)
    assert found == list(at_once.add(whole))
    assert pieces.rest() == at_once.rest()
    assert b"".join([*found, pieces.rest()]) == whole
    assert all(piece.endswith(b"\n") and len(piece) <= 20 for piece in found)


def test_a_line_without_end_is_none() -> None:
    with pytest.raises(LineTooLongError):
        list(Pieces(size=20).add(b"x" * 21))


def read_csv(*lines: str, head: str = HEAD) -> Read:
    return FileReader(CSV, UNITS).read("\n".join([head, *lines, ""]).encode())


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (GOOD.replace(",12", ",-12"), "quantity", "volume_negative"),
        (GOOD.replace(",12", ",1.5"), "quantity", "row_invalid"),
        (GOOD.replace(",12", ",1000000001"), "quantity", "row_invalid"),
        (GOOD.replace(",12", ",\u0663"), "quantity", "row_invalid"),
        (GOOD.replace("payslip", "furlong"), "unit", "unit_unknown"),
        (GOOD.replace("payslip", "Pay slip"), "unit", "row_invalid"),
        (GOOD.replace("6255", "6256"), "org_number", "row_invalid"),
        (GOOD.replace("-03", "-13"), "period", "row_invalid"),
        (GOOD.replace("payroll", ""), "service", "row_invalid"),
        (GOOD.replace("a,", " ,", 1), "id", "row_invalid"),
        (GOOD.replace("a,", "\x07,", 1), "id", "row_invalid"),
        (GOOD + ",more", None, "row_invalid"),
        ('"a,202100-6255', None, "row_invalid"),
    ],
)
def test_a_row_that_does_not_hold_is_refused_with_its_line_column_and_code(
    line: str, column: str | None, code: str
) -> None:
    read = read_csv(GOOD, line, GOOD.replace("a", "b", 1))
    assert [row.source_id for row in read.rows] == ["a", "b"]
    [refusal] = read.refusals
    assert (refusal.line, refusal.column, refusal.code) == (3, column, code)


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"quantity": "12"}, None, None),
        ({"quantity": True}, "quantity", "row_invalid"),
        ({"unit": ["payslip"]}, "unit", "row_invalid"),
        ({"id": "\ud800"}, "id", "row_invalid"),
        ({"note": "x"}, "note", "row_invalid"),
        # A column's name is shown as far as every database and encoding can hold it.
        ({"\ud800\0a": "x"}, "??a", "row_invalid"),
        ({"corrects": "a"}, "corrects", "correction_ambiguous"),
        ({"corrects": "b", "revision": 2}, "corrects", "correction_ambiguous"),
        ({"revision": 0}, "revision", "row_invalid"),
    ],
)
def test_rows_of_json(changes: dict[str, object], column: str | None, code: str | None) -> None:
    row = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | {"quantity": 12} | changes
    broken = b"{\n[1]\n\n"
    read = FileReader(NDJSON, UNITS).read(json.dumps(row).encode() + b"\n" + broken)
    assert [refusal.line for refusal in read.refusals if refusal.column is None] == [2, 3]
    about_the_row = [
        (refusal.column, refusal.code) for refusal in read.refusals if refusal.line == 1
    ]
    assert about_the_row == ([(column, code)] if code else [])


@pytest.mark.parametrize(
    "head", [HEAD.replace(",unit", ""), HEAD + ",note", HEAD + ",id", "\u00e5\u00e4\u00f6"]
)
def test_a_head_line_that_names_no_columns(head: str) -> None:
    with pytest.raises(HeadLineError):
        read_csv(GOOD, head=head)


def test_a_spreadsheets_file_is_read() -> None:
    head = "\ufeffQuantity;id;org_number;service;unit;period\r\n"
    text = head + '12;"a;b";2021006255;payroll;payslip;2025-03\r\n'
    read = FileReader(CSV, UNITS).read(text.encode())
    [row] = read.rows
    assert (row.line, row.source_id, row.quantity) == (2, "a;b", 12)
    assert row.place.org_number == "202100-6255"


cells = st.sampled_from(
    [
        "",
        " ",
        "a",
        "b-1",
        "202100-6255",
        "2021006255",
        "payroll",
        "payslip",
        "2025-03",
        "7",
        "-7",
        "07",
    ]
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=6, max_size=6), max_size=8))
def test_what_is_read_is_what_the_schema_of_a_single_report_takes(rows: list[list[str]]) -> None:
    """Against the slow way: each row through the model of the API."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([HEAD.split(","), *rows])
    expected = []
    for number, row in enumerate(rows, start=2):
        given_row = dict(zip(HEAD.split(","), (cell.strip() for cell in row), strict=True))
        try:
            document = {**given_row, "quantity": int(given_row["quantity"])}
            model = VolumeIn.model_validate(document)
        except (ValueError, ValidationError):
            continue
        if model.quantity >= 0 and model.unit in UNITS:
            expected.append((number, model.id, model.org_number, model.period, model.quantity))
    read = FileReader(CSV, UNITS).read(made.getvalue().encode())
    assert [
        (row.line, row.source_id, row.place.org_number, row.place.period, row.quantity)
        for row in read.rows
    ] == expected
