"""Bands of volume: prices, monotony, what is signed, and a year of true-ups in bands."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, Stretch, instalment
from services.billing.tariffs import bands
from services.billing.tariffs.domain import Band, Tariff, TariffItem, Tiers
from services.billing.tariffs.indicating import ExpectedUse, indicate
from services.billing.true_up.domain import Booked, actual_cost, settle
from services.contracts.bands import parts
from services.contracts.values import Banding, FeeItem

NEW_YEAR = date(2026, 1, 1)

limits_of = st.lists(st.integers(1, 60), max_size=4, unique=True).map(sorted)
bandings = st.sampled_from(Banding)


@st.composite
def scales(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Limits of bands and a price for each band."""
    limits = draw(limits_of)
    size = len(limits) + 1
    return limits, draw(st.lists(st.integers(0, 900), min_size=size, max_size=size))


def slowly(banding: Banding, limits: list[int], prices: list[int], units: int) -> int:
    """Unit by unit, each priced by the band that it, or the last of them all, falls in."""
    total = 0
    for unit in range(1, units + 1):
        counted = unit if banding is Banding.GRADUATED else units
        band = 0
        while band < len(limits) and counted > limits[band]:
            band += 1
        total += prices[band]
    return total


@given(bandings, scales(), st.integers(0, 90), st.integers(0, 30), st.integers(1, 7))
def test_bands_cost_what_their_units_cost_one_by_one(
    banding: Banding, scale: tuple[list[int], list[int]], units: int, more: int, per: int
) -> None:
    limits, prices = scale
    assert bands.cost(banding, limits, prices, units) == slowly(banding, limits, prices, units)
    # Nothing is lost between the bands, whole units or not.
    quantity = Fraction(units, per)
    shared = parts(banding, limits, quantity)
    assert sum(shared) == quantity
    assert all(part >= 0 for part in shared)
    if banding is Banding.GRADUATED:
        larger = bands.cost(banding, limits, prices, quantity + Fraction(more, per))
        assert bands.cost(banding, limits, prices, quantity) <= larger


def test_by_the_whole_volume_one_more_unit_can_cost_less() -> None:
    prices = [100, 10]
    assert bands.cost(Banding.WHOLE_VOLUME, [10], prices, 10) == 1_000
    assert bands.cost(Banding.WHOLE_VOLUME, [10], prices, 11) == 110


def _tariff(banding: Banding, limits: list[int], prices: list[int]) -> Tariff:
    edges = [0, *limits]
    ends = [*limits, None]
    rows = zip(edges, ends, prices, strict=True)
    item = TariffItem(
        key="payslips",
        service_area="payroll",
        services=("payroll",),
        name="Payslips",
        name_sv="Lönespecifikationer",
        unit="payslip",
        prices_ore=(),
        tiers=Tiers(banding, tuple(Band(low, high, (price,)) for low, high, price in rows)),
    )
    fixed = TariffItem(
        key="fixed",
        service_area="payroll",
        services=("payroll",),
        name="Fixed",
        unit="month",
        prices_ore=(1_000,),
    )
    return Tariff("t", "T", NEW_YEAR, None, (item, fixed))


def _signed(tariff: Tariff, payslips: int) -> tuple[FeeItem, ...]:
    lines = indicate(tariff, 10, [ExpectedUse("payroll", {"payslip": payslips})])
    return tuple(line.as_signed().item for line in lines)


def _terms(items: tuple[FeeItem, ...], first: date = NEW_YEAR) -> ServiceTerms:
    signed = tuple(
        SignedItem(
            item.key,
            item.name,
            item.unit,
            item.unit_price_ore,
            item.yearly_quantity,
            band=item.band,
        )
        for item in items
    )
    stretch = Stretch(first, date(2029, 12, 31), signed)
    return ServiceTerms("payroll", "payroll", "Payroll", signed, (stretch,), stretch.last)


YEAR = list(Month(2026, 1).up_to(Month(2026, 12)))


@settings(max_examples=40)
@given(
    bandings,
    scales(),
    st.integers(0, 90),
    st.lists(st.integers(0, 12), min_size=12, max_size=12),
    st.permutations(YEAR),
)
def test_a_year_in_bands_costs_just_what_its_volume_costs_however_it_is_trued_up(
    banding: Banding,
    scale: tuple[list[int], list[int]],
    expected: int,
    used: list[int],
    order: list[Month],
) -> None:
    """Signed by quantity x price, trued up three times with volumes that come in any order."""
    items = _signed(_tariff(banding, *scale), expected)
    terms = _terms(items)
    assert terms.yearly_ore == slowly(banding, *scale, expected) + 12_000
    volumes = dict(zip(YEAR, used, strict=True))
    booked: dict[tuple[str, Month], Booked] = {}
    total = 0
    for through, known in ((4, order[:5]), (10, order[:9]), (12, order)):
        reported = {("payroll", "payslip", month): volumes[month] for month in known}
        settlement = settle([terms], reported, booked, Month(2026, through))
        total += settlement.totals.difference_ore
        for row in settlement.months:
            before = booked.get((row.service, row.month), Booked(0, 0))
            booked[row.service, row.month] = Booked(
                before.charged_ore + row.charged_ore, before.actual_ore + row.actual_ore
            )
    year = slowly(banding, *scale, sum(used)) + 12_000
    assert total == year - terms.yearly_ore
    assert sum(each.actual_ore for each in booked.values()) == year


@settings(max_examples=40)
@given(bandings, scales(), st.integers(0, 20), st.integers(1, 12))
def test_who_uses_what_was_expected_has_no_difference_at_any_true_up(
    banding: Banding, scale: tuple[list[int], list[int]], monthly: int, through: int
) -> None:
    """Not even where the service goes live within the year: the bands are a year's pace."""
    terms = _terms(_signed(_tariff(banding, *scale), 12 * monthly), date(2026, 13 - through, 1))
    months = list(Month(2026, 13 - through).up_to(Month(2026, 12)))
    reported = {("payroll", "payslip", month): monthly for month in months}
    difference = settle([terms], reported, {}, Month(2026, 12)).totals.difference_ore
    # Instalments are whole öre each, and so is what is due so far.
    assert abs(difference) <= 12


def test_a_month_in_bands_shows_its_steps_and_an_unreported_one_costs_what_was_expected() -> None:
    tariff = _tariff(Banding.GRADUATED, [60, 120], [4_000, 3_500, 3_000])
    items = _signed(tariff, 240)
    assert [(item.key, item.name, item.yearly_quantity) for item in items[:3]] == [
        ("payslips-band-1", "Payslips, 1 to 60 in a year", 60),
        ("payslips-band-2", "Payslips, 61 to 120 in a year", 60),
        ("payslips-band-3", "Payslips, 121 and more in a year", 120),
    ]
    assert items[2].name_sv == "Lönespecifikationer, 121 och fler under ett år"
    assert items[0].band is not None
    assert items[0].band.model_dump(mode="json") == {
        "item": "payslips",
        "banding": "graduated",
        "above": 0,
        "through": 60,
    }
    terms = _terms(items)
    missing = actual_cost(terms, Month(2026, 2), {})
    assert missing.actual_ore == instalment(terms, Month(2026, 2))
    # 20 in January and 40 in February are 360 a year: 60 x 40 + 60 x 35 + 240 x 30 kronor.
    february = actual_cost(
        terms, Month(2026, 2), {"payslip": 40}, {("payslip", Month(2026, 1)): 20}
    )
    first = Fraction(60 * 4_000 + 60 * 3_500 + 120 * 3_000, 12)
    both = Fraction(60 * 4_000 + 60 * 3_500 + 240 * 3_000, 6)
    assert february.actual_ore == both - first + 1_000
    assert "60 payslips in 1/6 of the year" in february.steps[1]


def test_the_steps_of_an_indication_sum_to_the_cost_of_the_bands() -> None:
    tariff = _tariff(Banding.WHOLE_VOLUME, [100], [4_000, 3_000])
    lines = indicate(tariff, 10, [ExpectedUse("payroll", {"payslip": 150})])
    assert [line.amount_ore for line in lines] == [0, 450_000, 12_000]
    assert lines[1].explanation == (
        "Payslips: band 2 of 2 (101 and more; the whole volume by the band it reaches;"
        " 150 payslips in all): 150 payslips x 30.00 SEK = 4,500.00 SEK"
    )
