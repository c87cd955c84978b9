"""Faults of a tariff's items, and files of items."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.billing.own_prices.catalogue import priced_services
from services.billing.spreadsheets import ore_of
from services.billing.tariffs.catalogue import documents, tariffs
from services.billing.tariffs.checks import faults
from services.billing.tariffs.documents import CSV, JSON, YAML, items_in
from services.billing.tariffs.items import ItemDocument, item_of
from services.chassis.problems import Problem
from tests.unit.billing.tariff_items import banded, item


@pytest.mark.parametrize(
    ("given_item", "field", "code"),
    [
        (item(key="first"), "key", "key_repeated"),
        (item(services=[]), "services", "service_missing"),
        (item(services=["cleaning"]), "services", "service_unknown"),
        (item(service_area="cleaning"), "service_area", "service_area_unknown"),
        (item(unit="kilogram"), "unit", "unit_unknown"),
        (item(unit="supplier-invoice"), "unit", "unit_not_of_service"),
        (item(prices_ore=[]), "prices_ore", "price_missing"),
        (item(prices_ore=[100, -1]), "prices_ore.1", "amount_negative"),
        (item(prices_ore=[10**12]), "prices_ore.0", "amount_absurd"),
        (item(vat_percent="19"), "vat_percent", "vat_rate_unknown"),
        (banded((0, None), prices_ore=[1]), "prices_ore", "price_twice"),
        (banded((0, None), unit="month"), "bands", "bands_of_fixed_unit"),
        (banded((0, None), banding=None), "banding", "banding_missing"),
        (banded((5, None)), "bands.0.above", "bands_do_not_begin"),
        (banded((0, 10), (12, None)), "bands.1.above", "bands_do_not_meet"),
        (banded((0, 10), (8, None)), "bands.1.above", "bands_do_not_meet"),
        (banded((0, None), (10, None)), "bands.1.above", "bands_do_not_meet"),
        (banded((0, 10)), "bands.0.through", "bands_do_not_end"),
        (banded((0, 0), (0, None)), "bands.0.through", "band_empty"),
    ],
)
def test_a_fault_is_named_by_row_field_and_code(
    given_item: dict[str, Any], field: str, code: str
) -> None:
    rows = [ItemDocument.model_validate(each) for each in (item(key="first"), given_item)]
    assert [
        (each.row, each.field, each.code.value) for each in faults(rows, priced_services())
    ] == [(2, field, code)]


HEAD = "key;service_area;services;name;unit;banding;above;through;customer_year;amount_sek\n"
ROWS = (
    "base;payroll;payroll;Base;month;;;;1;13 500\n"
    "base;payroll;payroll;Base;month;;;;2;7500,50\n"
    "slip;payroll;payroll;Slip;payslip;graduated;0;10000;1;22,00\n"
    "slip;payroll;payroll;Slip;payslip;graduated;0;10000;2;20\n"
    "slip;payroll;payroll;Slip;payslip;graduated;10000;;1;18\n"
)


def read(media_type: str, text: str) -> list[tuple[int, str, str]]:
    placed, found = items_in(media_type, text.encode())
    known = [each.item for each in placed]
    found += [placed[each.row - 1].at(each) for each in faults(known, priced_services())]
    return [(each.row, each.field, each.code.value) for each in found]


def test_csv_json_and_yaml_say_the_same() -> None:
    placed, found = items_in(CSV, (HEAD + ROWS).encode())
    assert found == []
    base, slip = (each.item for each in placed)
    assert base.prices_ore == (1_350_000, 750_050)
    assert [(band.above, band.through, band.prices_ore) for band in slip.bands] == [
        (0, 10_000, (2_200, 2_000)),
        (10_000, None, (1_800,)),
    ]
    stored = [each.item.stored() for each in placed]
    for media_type in (JSON, YAML):
        again, _ = items_in(media_type, json.dumps(stored).encode())
        assert [each.item for each in again] == [base, slip]


@pytest.mark.parametrize(
    ("media_type", "text", "expected"),
    [
        (CSV, HEAD + ROWS.replace("payslip;g", "kilo;g"), (4, "unit", "unit_unknown")),
        (CSV, HEAD + ROWS.replace("10000;;1", "9000;;1"), (6, "above", "bands_do_not_meet")),
        (CSV, HEAD + ROWS.replace(";2;20", ";2;-20"), (5, "amount_sek", "amount_negative")),
        (CSV, HEAD + ROWS.replace(";18", ";1,805"), (6, "amount_sek", "unreadable")),
        (CSV, HEAD + ROWS.replace(";2;20", ";3;20"), (5, "customer_year", "unreadable")),
        (CSV, HEAD + ROWS + ROWS.splitlines()[0] + "\n", (7, "key", "key_repeated")),
        (
            CSV,
            HEAD + ROWS.replace("Slip;payslip;graduated;10", "Pay;payslip;graduated;10"),
            (6, "name", "rows_disagree"),
        ),
        (CSV, HEAD + ROWS.replace("10000;;1", "ten;;1"), (6, "above", "unreadable")),
        (CSV, HEAD + ROWS.replace(";18", ";1e999999999"), (6, "amount_sek", "unreadable")),
        (JSON, '[{"\\ud800": 1}]', (1, "item", "unreadable")),
        (JSON, json.dumps([item(), item(prices_ore=["x"])]), (2, "prices_ore.0", "unreadable")),
        (YAML, "- {key: a}", (1, "service_area", "unreadable")),
    ],
)
def test_a_file_at_fault_names_row_and_column(
    media_type: str, text: str, expected: tuple[int, str, str]
) -> None:
    assert read(media_type, text)[0] == expected


@pytest.mark.parametrize(
    ("media_type", "text", "said"),
    [
        (CSV, "key;unit\na;month\n", "no column amount_sek"),
        (CSV, HEAD.replace("above", "key") + ROWS, "a column twice"),
        (CSV, HEAD.replace("above", "over") + ROWS, "not known here: over"),
        (CSV, HEAD + "base;payroll\n", "line 2 has not as many fields"),
        (JSON, '[{"key": ', "Expecting value"),
        (JSON, "{}", "not a list"),
        (JSON, "[]", "has no items"),
        (JSON, "[" * 100_000, "RecursionError"),
        (YAML, "- &a {key: x}\n- *a", "YAMLError"),
        (YAML, "- {", "not YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(media_type: str, text: str, said: str) -> None:
    with pytest.raises(Problem, match=said) as refused:
        items_in(media_type, text.encode())
    assert refused.value.type.code == "tariff_file_unreadable"


@pytest.mark.parametrize(
    ("media_type", "text", "row", "column"),
    [
        (CSV, HEAD + ROWS[:-2], 6, 55),
        (YAML, "- key: a\n  prices_ore:\n  - 6400\n  - 35", 4, 7),
    ],
)
def test_a_file_that_was_cut_within_its_last_amount_is_refused(
    media_type: str, text: str, row: int, column: int
) -> None:
    with pytest.raises(Problem) as refused:
        items_in(media_type, text.encode())
    problem = refused.value
    assert problem.type.code == "file_cut_short"
    assert (problem.extra["row"], problem.extra["column"]) == (row, column)


@pytest.mark.parametrize(
    ("written", "ore"),
    [
        ("13 900", 1_390_000),
        ("1\u00a0234\u00a0567,5", 123_456_750),
        ("\u221212\u202f000.05", -1_200_005),
        ("0,00", 0),
        ("1E3", None),
        ("1_000", None),
        ("\u0663", None),
        ("1 23", None),
        ("1,234", None),
        ("NaN", None),
        ("", None),
    ],
)
def test_kronor_are_read_as_spreadsheets_write_them(written: str, ore: int | None) -> None:
    assert ore_of(written) == ore


def test_what_is_kept_of_the_published_tariffs_reads_as_the_files_do() -> None:
    for document in documents():
        kept = [item_of(ItemDocument.model_validate(each.stored())) for each in document.items]
        assert tuple(kept) == tariffs()[document.key].items
