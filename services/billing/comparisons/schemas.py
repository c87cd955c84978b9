"""What the API takes and says about comparisons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from services.billing.comparisons.domain import (
    Answer,
    ComparisonStatus,
    Result,
    Review,
    Statistics,
    plain,
    value_of,
)
from services.billing.comparisons.figures import NewComparison
from services.billing.comparisons.key_figures import Asked, KeyFigure, Measure
from services.billing.comparisons.peer_groups import MOST_CUSTOMERS, ByHeadcount, PeerGroups
from services.billing.comparisons.repository import Kept
from services.billing.tables import ComparisonFigureRow, ComparisonRemarkRow, ComparisonRow
from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import AS_A_NUMBER, Day, LongText, RequestModel, ResponseModel
from services.contracts.values import OrgNumber, Slug

Id = Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern, max_length=36)]


class OpenComparison(RequestModel):
    """What is compared, of whom, and until when those whose figures they are review them."""

    key_figure: Slug
    service: Slug | None = None
    unit: Slug | None = None
    year: Annotated[int, Field(ge=1900, le=2199), AS_A_NUMBER]
    customers: (
        Annotated[tuple[OrgNumber, ...], Field(min_length=1, max_length=MOST_CUSTOMERS)] | None
    ) = Field(default=None, description="Absent: all customers.")
    peer_groups: PeerGroups = ByHeadcount(kind="by_headcount")
    review_until: Day = Field(description="The last day of the review.")
    replaces: Id | None = Field(
        default=None, description="The published comparison whose place it takes."
    )

    def new(self) -> NewComparison:
        """The comparison as the use case takes it."""
        return NewComparison(**dict(self))


class ApproveFigure(RequestModel):
    """The agency stands by its figure; ``org_number`` for one that it has taken over."""

    org_number: OrgNumber | None = None
    comment: LongText | None = None


class ObjectToFigure(RequestModel):
    """What is wrong with the figure; ``org_number`` for one that it has taken over."""

    org_number: OrgNumber | None = None
    comment: LongText


class AnswerObjection(RequestModel):
    """The figure is kept, computed anew from live data, or left out; and why."""

    answer: Answer
    reason: LongText


class WithdrawComparison(RequestModel):
    """Why it is not published."""

    reason: LongText


class KeyFigureOut(ResponseModel):
    """A key figure: a measure over another, and whether a service and a unit are named."""

    key: str
    name: str
    name_sv: str
    unit: str
    unit_sv: str
    numerator: Measure
    denominator: Measure
    service: Asked
    unit_of_volume: Asked
    costs: bool


class KeyFiguresOut(ResponseModel):
    """What customers can be compared by."""

    items: tuple[KeyFigureOut, ...]


class StatisticsOut(ResponseModel):
    """Exact values with six decimals at the most; quartiles by linear interpolation."""

    figures: int
    least: str
    lower_quartile: str
    median: str
    mean: str
    upper_quartile: str
    greatest: str


class RemarkOut(ResponseModel):
    """A step of the review, with the figure after it; ``recorded_by`` is for staff."""

    review: Review
    comment: str | None
    numerator: int
    denominator: int
    recorded_by: str | None
    recorded_at: datetime


class FigureOut(ResponseModel):
    """A figure and what it rests on. Once published: in which quarter it lies, and what would
    be saved by coming down to the mean. ``review_until`` is later than the comparison's for a
    figure that was computed anew.
    """

    org_number: str
    name: str
    group: str | None
    numerator: int
    denominator: int
    value: str
    review: Review
    review_until: date
    remarks: tuple[RemarkOut, ...]
    quartile: int | None
    group_quartile: int | None
    saving_ore: int | None


class GroupOut(ResponseModel):
    """A peer group; ``statistics`` are absent before publishing, and where they are held back."""

    key: str
    name: str
    name_sv: str
    at_least: int | None
    statistics: StatisticsOut | None


class ComparisonInShortOut(ResponseModel):
    """A comparison as lists show it."""

    id: str
    key_figure: KeyFigureOut
    service: str | None
    unit: str | None
    year: int
    status: ComparisonStatus
    review_until: date
    opened_at: datetime
    closed_at: datetime | None


class ComparisonOut(ComparisonInShortOut):
    """A comparison. An agency sees its own figures and peer groups alone; staff see all.

    Statistics of fewer than ``least_figures`` figures are held back, and so are those from which
    the rest could be worked out. ``saving_ore`` is what would be saved if everybody above the
    mean came down to it.
    """

    least_figures: int
    replaces: str | None
    replaced_by: str | None
    figures: tuple[FigureOut, ...]
    without_data: tuple[str, ...]
    groups: tuple[GroupOut, ...]
    statistics: StatisticsOut | None
    saving_ore: int | None
    withdrawal_reason: str | None


def key_figure_out(found: KeyFigure) -> KeyFigureOut:
    """A key figure as the API shows it."""
    return KeyFigureOut.model_validate(found.model_dump())


def comparison_in_short_out(row: ComparisonRow) -> ComparisonInShortOut:
    """A comparison in short."""
    return ComparisonInShortOut(**_in_short(row))


def _in_short(row: ComparisonRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "key_figure": key_figure_out(KeyFigure.model_validate(row.definition)),
        "service": row.service,
        "unit": row.unit,
        "year": row.year,
        "status": ComparisonStatus(row.status),
        "review_until": row.review_until,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def comparison_out(kept: Kept, *, whole: bool) -> ComparisonOut:
    """A comparison as the API shows it: the ``whole`` of it is for staff."""
    row, result = kept.row, kept.result
    own = {each.group for each in kept.figures}
    statistics = result.whole if result else None
    savings = result.savings if result else None
    return ComparisonOut(
        **_in_short(row),
        least_figures=row.least_figures,
        replaces=row.replaces,
        replaced_by=kept.replaced_by,
        figures=tuple(_figure_out(kept, each, result, by=whole) for each in kept.figures),
        without_data=tuple(row.without_data) if whole else (),
        groups=tuple(
            _group_out(each, result) for each in row.groups if whole or each["key"] in own
        ),
        statistics=_statistics_out(statistics),
        saving_ore=sum(savings.values()) if savings is not None else None,
        withdrawal_reason=row.withdrawal_reason,
    )


def _group_out(group: dict[str, Any], result: Result | None) -> GroupOut:
    return GroupOut(
        key=group["key"],
        name=group["name"],
        name_sv=group["name_sv"],
        at_least=group.get("at_least"),
        statistics=_statistics_out(result.groups[group["key"]] if result else None),
    )


def _statistics_out(found: Statistics | None) -> StatisticsOut | None:
    if found is None:
        return None
    return StatisticsOut(
        figures=found.figures,
        least=plain(found.least),
        lower_quartile=plain(found.lower_quartile),
        median=plain(found.median),
        mean=plain(found.mean),
        upper_quartile=plain(found.upper_quartile),
        greatest=plain(found.greatest),
    )


def _figure_out(
    kept: Kept, row: ComparisonFigureRow, result: Result | None, *, by: bool
) -> FigureOut:
    counts = result is not None and row.review != Review.LEFT_OUT.value
    whole = result.whole if result and counts else None
    group = result.groups.get(row.group or "") if result and counts else None
    savings = result.savings if result and counts else None
    value = value_of(row)
    return FigureOut(
        org_number=row.org_number,
        name=row.name,
        group=row.group,
        numerator=row.numerator,
        denominator=row.denominator,
        value=plain(value),
        review=Review(row.review),
        review_until=kept.last_day_of(row),
        remarks=tuple(_remark_out(each, by=by) for each in kept.remarks.get(row.id, ())),
        quartile=whole.quartile_of(value) if whole else None,
        group_quartile=group.quartile_of(value) if group else None,
        saving_ore=savings.get(row.org_number, 0) if savings is not None else None,
    )


def _remark_out(row: ComparisonRemarkRow, *, by: bool) -> RemarkOut:
    return RemarkOut(
        review=Review(row.review),
        comment=row.comment,
        numerator=row.numerator,
        denominator=row.denominator,
        recorded_by=row.recorded_by if by else None,
        recorded_at=row.recorded_at,
    )
