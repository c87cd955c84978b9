"""What the API takes and says about indicators and preparedness agencies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.billing.cost_sharing.amounts import plain
from services.billing.indicators.catalogue import named_indicators
from services.billing.indicators.domain import IndicatorKey
from services.billing.indicators.gaps import GapKind
from services.billing.indicators.service import Figure, Indicators
from services.billing.tables import PreparednessListRow
from services.chassis.schemas import Day, RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber

MOST_AGENCIES = 1000
_DECIMALS = 4


class PreparednessListIn(RequestModel):
    """The agencies that are preparedness agencies from a day on, and where that is written."""

    holds_from: Day
    source: Text
    org_numbers: Annotated[tuple[OrgNumber, ...], Field(max_length=MOST_AGENCIES)]


class PreparednessListOut(ResponseModel):
    """A list of preparedness agencies; of two from one day the one with the higher number holds."""

    number: int
    holds_from: date
    source: str
    org_numbers: tuple[str, ...]
    registered_by: str
    recorded_at: datetime


class PreparednessInForceOut(ResponseModel):
    """The list that holds on a day, if there is one."""

    on: date
    list: PreparednessListOut | None


class GapOut(ResponseModel):
    """Something that is missing, and what that means; the months or agencies it is about."""

    what: GapKind
    says: str
    says_sv: str
    months: tuple[str, ...]
    org_numbers: tuple[str, ...]


class FigureOut(ResponseModel):
    """A figure of a service or (none) of the whole centre; ``value`` is absent if not known."""

    service: str | None
    value: str | None
    numerator: int | None
    denominator: int | None
    missing: tuple[GapOut, ...]
    says: str
    says_sv: str


class IndicatorOut(ResponseModel):
    """An indicator: its figures, the unit of their values, and how they are reckoned."""

    key: IndicatorKey
    name: str
    name_sv: str
    unit: str
    definition: str
    definition_sv: str
    figures: tuple[FigureOut, ...]


class YearIndicatorsOut(ResponseModel):
    """The indicators of a year; shares of agencies and fees are those of the day ``on``."""

    year: int
    on: date
    indicators: tuple[IndicatorOut, ...]


def preparedness_list_out(row: PreparednessListRow) -> PreparednessListOut:
    """A list of preparedness agencies."""
    return PreparednessListOut.model_validate(row)


def year_indicators_out(found: Indicators) -> YearIndicatorsOut:
    """A year's indicators."""
    return YearIndicatorsOut(
        year=found.year,
        on=found.on,
        indicators=tuple(
            IndicatorOut(
                **named.model_dump(),
                figures=tuple(_figure_out(figure) for figure in found.figures[key]),
            )
            for key, named in named_indicators().items()
        ),
    )


def _figure_out(figure: Figure) -> FigureOut:
    says, says_sv = figure.sentences
    return FigureOut(
        service=figure.service,
        value=None if figure.value is None else plain(figure.value, _DECIMALS),
        numerator=figure.numerator,
        denominator=figure.denominator,
        missing=tuple(GapOut.model_validate(gap) for gap in figure.missing),
        says=says,
        says_sv=says_sv,
    )
