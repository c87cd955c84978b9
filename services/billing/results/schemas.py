"""What the API says about results. A surplus is above nought, a deficit below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from services.billing.months import Month
from services.billing.results.domain import Result, whole
from services.billing.results.forecasting import Figure, Method
from services.billing.results.reporting import percent_of_turnover
from services.billing.results.rows import Results, Row
from services.billing.results.rules import Category, Stream, result_rules
from services.billing.results.surplus import Standing, YearEnd
from services.chassis.schemas import ResponseModel


class ResultOut(ResponseModel):
    """Income, cost and what is left."""

    income_ore: int
    cost_ore: int
    result_ore: int


class CategoryOut(ResultOut):
    """A category's year. ``accumulated = brought_in + earlier_years + result``."""

    category: Category
    name: str
    name_sv: str
    brought_in_ore: int
    earlier_years_ore: int
    accumulated_ore: int


class StandingOut(ResponseModel):
    """What has accumulated at a year's end; the percentage is null without turnover."""

    accumulated_ore: int
    turnover_ore: int
    percent_of_turnover: str | None
    limit_ore: int
    over_limit: bool


class YearEndOut(StandingOut):
    """A year's end by what is posted."""

    year: int
    result_ore: int


class CategoryOfMonthOut(ResultOut):
    """A category's month."""

    category: Category


class MonthOut(ResultOut):
    """A month by the day things are posted on."""

    period: str
    categories: tuple[CategoryOfMonthOut, ...]


class FigureOut(ResponseModel):
    """Forecast figures of one method, of income or cost: how many months' and their sum.

    ``service`` is the service, or the arrangement of a share; null for overhead.
    """

    method: Method
    category: Category
    stream: Stream
    overhead: bool
    service: str | None
    first_period: str
    last_period: str
    figures: int
    amount_ore: int


class AwaitedOut(ResponseModel):
    """A service that agreements have and that is not in operation yet.

    ``yearly_ore`` is what the signed items of those ``subscriptions`` come to in a year.
    """

    service: str
    subscriptions: int
    yearly_ore: int


class ForecastOut(StandingOut):
    """The year's end with months over as posted and the others forecast.

    ``posted_through`` is the last month that is over, ``steps`` what the others came by.
    ``not_in_operation`` is in no figure: billing is not told when it will go live.
    """

    posted_through: str
    result_ore: int
    categories: tuple[CategoryOut, ...]
    steps: tuple[FigureOut, ...]
    not_in_operation: tuple[AwaitedOut, ...]


class RowOut(ResultOut):
    """The year of a service area, of what belongs to none (null), or of all together."""

    service_area: str | None
    name: str
    name_sv: str
    turnover_ore: int
    categories: tuple[CategoryOut, ...]
    years: tuple[YearEndOut, ...]
    months: tuple[MonthOut, ...] | None
    forecast: ForecastOut | None


class ResultsOut(ResponseModel):
    """A year's results; the areas sum to ``total``, and that to the trial balance."""

    year: int
    known_at: datetime
    limit_percent: str
    law: str
    law_sv: str
    service_areas: tuple[RowOut, ...]
    total: RowOut


def results_out(found: Results, by_month: bool) -> ResultsOut:
    """A year's results as the API shows them."""
    surplus = result_rules().surplus
    return ResultsOut(
        year=found.year,
        known_at=found.known_at,
        limit_percent=f"{surplus.limit_percent:f}",
        law=surplus.law,
        law_sv=surplus.law_sv,
        service_areas=tuple(
            _row(row, found, by_month, result_rules().names_of(row.area)) for row in found.rows
        ),
        total=_row(found.total, found, by_month, ("In all", "Sammanlagt")),
    )


def _row(row: Row, found: Results, by_month: bool, names: tuple[str, str]) -> RowOut:
    return RowOut(
        service_area=row.area,
        name=names[0],
        name_sv=names[1],
        turnover_ore=row.end.standing.turnover_ore,
        categories=_categories(row.end),
        years=tuple(
            YearEndOut(
                year=each.year,
                result_ore=each.result.result_ore,
                **_standing(each.standing).model_dump(),
            )
            for each in row.years
        ),
        months=tuple(_month(*each) for each in row.months.items()) if by_month else None,
        forecast=_forecast(row, found.running) if found.is_forecast else None,
        **_result(row.end.result),
    )


def _result(result: Result) -> dict[str, int]:
    return {
        "income_ore": result.income_ore,
        "cost_ore": result.cost_ore,
        "result_ore": result.result_ore,
    }


def _categories(end: YearEnd) -> tuple[CategoryOut, ...]:
    return tuple(
        CategoryOut(
            category=category,
            name=result_rules().named[category].name,
            name_sv=result_rules().named[category].name_sv,
            brought_in_ore=end.brought_in[category],
            earlier_years_ore=end.before[category],
            accumulated_ore=end.accumulated(category),
            **_result(end.results[category]),
        )
        for category in Category
    )


def _standing(standing: Standing) -> StandingOut:
    limit = result_rules().surplus.limit_percent
    percent = standing.percent
    return StandingOut(
        accumulated_ore=standing.accumulated_ore,
        turnover_ore=standing.turnover_ore,
        percent_of_turnover=_percent(percent, limit),
        limit_ore=int(standing.limit_ore(limit)),
        over_limit=standing.is_over(limit),
    )


def _percent(percent: Fraction | None, limit: Decimal) -> str | None:
    return None if percent is None else f"{percent_of_turnover(percent, limit):f}"


def _month(month: Month, results: Mapping[Category, Result]) -> MonthOut:
    return MonthOut(
        period=str(month),
        categories=tuple(
            CategoryOfMonthOut(category=category, **_result(result))
            for category, result in results.items()
        ),
        **_result(whole(results)),
    )


def _forecast(row: Row, running: Month) -> ForecastOut:
    return ForecastOut(
        posted_through=str(running.plus(-1)),
        result_ore=row.expected.result.result_ore,
        categories=_categories(row.expected),
        steps=_steps(row.figures),
        not_in_operation=tuple(
            AwaitedOut(
                service=each.service,
                subscriptions=each.subscriptions,
                yearly_ore=each.yearly_ore,
            )
            for each in row.awaited
        ),
        **_standing(row.expected.standing).model_dump(),
    )


def _steps(figures: tuple[Figure, ...]) -> tuple[FigureOut, ...]:
    """Figures of one method about the same, joined over months and areas."""
    joined: dict[tuple[Method, Category, Stream, bool, str | None], list[Figure]] = {}
    for each in figures:
        cell = each.cell
        key = (each.method, cell.category, cell.stream, cell.overhead, cell.subject)
        joined.setdefault(key, []).append(each)
    return tuple(
        FigureOut(
            method=method,
            category=category,
            stream=stream,
            overhead=overhead,
            service=subject,
            first_period=str(min(each.month for each in of)),
            last_period=str(max(each.month for each in of)),
            figures=len(of),
            amount_ore=sum(each.amount_ore for each in of),
        )
        for (method, category, stream, overhead, subject), of in joined.items()
    )
