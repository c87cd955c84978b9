"""What is noted of a comparison: the steps of its reviews, and its end."""

from __future__ import annotations

from services.billing.comparisons.domain import ComparisonStatus, Review
from services.billing.comparisons.repository import Kept
from services.billing.tables import ComparisonFigureRow, ComparisonRemarkRow
from services.chassis.unit_of_work import UnitOfWork


def remark(
    uow: UnitOfWork,
    found: Kept,
    figure: ComparisonFigureRow,
    state: Review,
    comment: str | None,
) -> None:
    """Note a step of the review of a figure, with the figure as it is after it."""
    figure.review = state.value
    remarks = found.remarks.setdefault(figure.id, [])
    row = ComparisonRemarkRow(
        figure_id=figure.id,
        number=len(remarks) + 1,
        review=state.value,
        comment=comment,
        numerator=figure.numerator,
        denominator=figure.denominator,
        recorded_by=client_of(uow),
        recorded_at=uow.recorded_at,
    )
    remarks.append(row)
    uow.session.add(row)


def close(uow: UnitOfWork, found: Kept, status: ComparisonStatus) -> None:
    """Settle a comparison for good."""
    found.row.status = status.value
    found.row.closed_by = client_of(uow)
    found.row.closed_at = uow.recorded_at


def client_of(uow: UnitOfWork) -> str:
    """Who asks."""
    return uow.actor.client_id if uow.actor else "system"
