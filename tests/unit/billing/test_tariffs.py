from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.own_prices.catalogue import priced_services
from services.billing.tariffs.catalogue import read_tariff, tariffs
from services.billing.tariffs.choosing import tariff_for
from services.billing.tariffs.domain import Tariff
from services.billing.tariffs.indicating import ExpectedUse, IndicationRefusedError, indicate
from services.billing.tariffs.quoting import require_known_volumes
from services.billing.tariffs.versions import Step, TariffVersion

TODAY = date(2026, 2, 1)
NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
TARIFFS = tariffs()
SSC_2020, SSC_2013 = TARIFFS["ssc-2020"], TARIFFS["ssc-2013"]


def _published() -> list[tuple[str, int, str, str, int]]:
    """Tariff, customer year, area, item and öre of every published row."""
    with (Path(__file__).parent / "published_tariffs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        name, _, year = row["tariff"].partition("-year-")
        amount = int(row["amount_sek"]) * 100
        found.append((name, int(year or 1), row["service_area"], row["item"], amount))
    return found


@pytest.mark.parametrize(("tariff", "year", "area", "item", "amount"), _published())
def test_every_published_fee_is_in_the_data(
    tariff: str, year: int, area: str, item: str, amount: int
) -> None:
    [found] = [
        each for each in tariffs()[tariff].items if each.name == item and each.service_area == area
    ]
    assert found.price_ore(year) == amount


def test_the_data_holds_no_fee_that_was_not_published() -> None:
    published = {(tariff, area, item) for tariff, _, area, item, _ in _published()}
    assert published == {
        (tariff.key, item.service_area, item.name)
        for tariff in tariffs().values()
        for item in tariff.items
    }


def test_payroll_by_the_2020_tariff_step_by_step() -> None:
    lines = indicate(SSC_2020, 1652, [ExpectedUse("payroll", {"payslip": 19_824})])
    assert [(line.item.key, line.yearly_quantity, line.amount_ore) for line in lines] == [
        ("payroll-base-fixed", 12, 16_200_000),
        ("payroll-base-variable", 19_824, 43_612_800),
        ("payroll-system-variable", 19_824, 79_296_000),
    ]
    assert lines[0].explanation == (
        "Base fee payroll: fixed: 12 months x 13,500.00 SEK = 162,000.00 SEK"
    )
    assert "19,824 payslips x 22.00 SEK = 436,128.00 SEK" in lines[1].explanation


def test_e_commerce_counts_employee_months_from_the_headcount() -> None:
    lines = indicate(SSC_2020, 100, [ExpectedUse("e-commerce", {"supplier-invoice": 5000})])
    assert {line.item.key: line.amount_ore for line in lines} == {
        "finance-base-fixed": 16_200_000,
        "finance-base-variable": 1200 * 3000,
        "e-commerce-system-variable": 1200 * 1300,
        "supplier-invoice-with-coding": 5000 * 6500,
    }
    assert "100 employees x 12 months = 1,200 employee-months" in lines[1].explanation


def test_given_employee_months_count_before_the_headcount() -> None:
    volumes = {"supplier-invoice": 1, "employee-month": 7}
    lines = indicate(SSC_2020, 100, [ExpectedUse("e-commerce", volumes)])
    assert {line.yearly_quantity for line in lines if line.item.unit == "employee-month"} == {7}


@pytest.mark.parametrize(
    ("service", "volumes", "added"),
    [
        (
            "payroll",
            {"payslip": 120, "scheduling-system": 1},
            {"scheduling-system-fixed": 12, "scheduling-system-variable": 120},
        ),
        (
            "payroll",
            {"payslip": 120, "scheduling-system-variable": 60},
            {"scheduling-system-fixed": 12, "scheduling-system-variable": 60},
        ),
        ("payroll", {"payslip": 120, "recruitment-system": 1}, {"recruitment-system-fixed": 12}),
        (
            "e-commerce",
            {"supplier-invoice": 1, "user-month": 24},
            {"finance-system-fixed": 12, "finance-system-variable": 24},
        ),
        ("payroll", {"payslip": 120, "scheduling-system": 0}, {}),
        ("payroll", {"payslip": 120, "month": 12}, {}),
    ],
)
def test_an_option_is_added_when_it_is_chosen(
    service: str, volumes: dict[str, int], added: dict[str, int]
) -> None:
    lines = indicate(SSC_2020, 10, [ExpectedUse(service, volumes)])
    optional = {line.item.key: line.yearly_quantity for line in lines if line.item.option}
    assert optional == added


@pytest.mark.parametrize(("year", "fixed"), [(1, 10_000), (2, 7_500), (3, 5_000), (9, 5_000)])
def test_the_2013_fee_falls_with_the_customers_year(year: int, fixed: int) -> None:
    uses = [ExpectedUse("payroll", {"payslip": 12})]
    line = indicate(SSC_2013, 1, uses, customer_year=year)[0]
    assert line.amount_ore == 12 * fixed * 100
    assert f"customer year {year}" in line.explanation


def test_customer_years_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        SSC_2013.items[0].price_ore(0)


@pytest.mark.parametrize(
    ("headcount", "uses", "code", "said"),
    [
        (10, [], "no-services", "at least one"),
        (10, [ExpectedUse("payroll", {})], "missing-volume", "payslip of payroll"),
        (10, [ExpectedUse("travel-and-expenses", {})], "service-not-priced", "travel"),
        (
            10,
            [ExpectedUse("payroll", {"payslip": 1}), ExpectedUse("payroll", {"payslip": 1})],
            "service-repeated",
            "payroll",
        ),
        (
            0,
            [ExpectedUse("payroll", {}), ExpectedUse("e-commerce", {})],
            "missing-volume",
            "payslip of payroll, employee-month of e-commerce, supplier-invoice of e-commerce",
        ),
    ],
)
def test_a_refusal_says_everything_that_is_missing(
    headcount: int, uses: list[ExpectedUse], code: str, said: str
) -> None:
    with pytest.raises(IndicationRefusedError) as refusal:
        indicate(SSC_2020, headcount, uses)
    assert refusal.value.code == code
    assert said in refusal.value.reason


def test_the_tariff_is_the_one_named_or_the_one_in_force() -> None:
    step = Step("system", datetime(2013, 1, 1, tzinfo=UTC))
    known = [TariffVersion(key, tariff, 1, step, published=step) for key, tariff in TARIFFS.items()]
    assert tariff_for(known, "ssc-2013", TODAY, NOW).tariff is SSC_2013
    assert tariff_for(known, None, TODAY, NOW).tariff is SSC_2020
    assert tariff_for(known, None, date(2014, 12, 31), NOW).tariff is SSC_2013
    with pytest.raises(IndicationRefusedError, match="no tariff ssc-1999"):
        tariff_for(known, "ssc-1999", TODAY, NOW)
    with pytest.raises(IndicationRefusedError, match="in force on 2015-01-01"):
        tariff_for(known, None, date(2015, 1, 1), NOW)
    known[0] = replace(known[0], withdrawn=step, reason="Gäller inte längre.")
    with pytest.raises(IndicationRefusedError, match="is withdrawn: Gäller inte längre"):
        tariff_for(known, "ssc-2013", TODAY, NOW)


def _tariff_text(**changes: str) -> str:
    fields = {
        "key": "a",
        "service_area": "payroll",
        "services": "[payroll]",
        "name": "A",
        "unit": "month",
        "prices_ore": "[100]",
    } | changes
    item = "\n".join(f"    {name}: {value}" for name, value in fields.items())
    return f"key: t\nname: T\nname_sv: T\nvalid_from: 2020-01-01\nitems:\n  -\n{item}\n"


def test_a_tariff_file_is_read() -> None:
    tariff: Tariff = read_tariff(_tariff_text()).tariff
    assert tariff.items[0].prices_ore == (100,)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prices_ore": "[1.5]"}, "validation error"),
        ({"prices_ore": "[-1]"}, "below nought"),
        ({"prices_ore": "[]"}, "say what a unit costs"),
        ({"unit": "Not a slug"}, "validation error"),
        ({"misspelt": "1"}, "validation error"),
        ({"services": "[]"}, "say which services"),
    ],
)
def test_a_faulty_tariff_file_is_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_tariff(_tariff_text(**changes))


def test_a_repeated_item_key_is_refused() -> None:
    text = _tariff_text()
    item = text[text.index("  -\n") :]
    with pytest.raises(ValueError, match="the name of row 1 too"):
        read_tariff(text + item)


@given(st.integers(1, 50_000), st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_an_indication_is_the_sum_of_quantity_times_price(
    headcount: int, payslips: int, invoices: int
) -> None:
    uses = [
        ExpectedUse("payroll", {"payslip": payslips}),
        ExpectedUse("e-commerce", {"supplier-invoice": invoices}),
    ]
    sek = 12 * 13_500 * 2 + payslips * (22 + 40) + 12 * headcount * (30 + 13) + invoices * 65
    assert sum(line.amount_ore for line in indicate(SSC_2020, headcount, uses)) == sek * 100


def test_a_quote_takes_no_volume_whose_name_means_nothing() -> None:
    tariff = tariffs()["ssc-2020"]
    units = {key: each.units for key, each in priced_services().items()}
    for name in ("payslip", "employee-month", "scheduling-system", "payroll-system-variable"):
        require_known_volumes(tariff, {}, {"payroll": {name: 1}}, units)
    for name in ("sheduling-system", "month", "supplier-invoice", "gram"):
        with pytest.raises(IndicationRefusedError, match=name) as refused:
            require_known_volumes(tariff, {}, {"payroll": {"payslip": 1, name: 1}}, units)
        assert refused.value.code == "unknown-volume"
        assert "scheduling-system (payroll)" in refused.value.reason_sv
    # A service without a price is refused for that reason.
    require_known_volumes(tariff, {}, {"time-reporting": {"gram": 1}}, units)
