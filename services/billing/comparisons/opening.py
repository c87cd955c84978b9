"""Opening a comparison: its figures are computed from what billing holds now, and frozen."""

from __future__ import annotations

from services.billing.comparisons import figures, repository
from services.billing.comparisons.domain import ComparisonStatus, Review
from services.billing.comparisons.figures import NewComparison
from services.billing.comparisons.key_figures import KeyFigure, key_figures, least_figures
from services.billing.comparisons.peer_groups import group_of, kept, require_members
from services.billing.comparisons.problems import (
    COMPARISON_NOT_REPLACEABLE,
    FIGURES_MISSING,
    KEY_FIGURE_INCOMPLETE,
    KEY_FIGURE_UNKNOWN,
    REVIEW_DAY_PAST,
)
from services.billing.comparisons.recording import client_of, remark
from services.billing.comparisons.repository import Kept
from services.billing.own_prices.catalogue import priced_services
from services.billing.problems import SERVICE_UNKNOWN, UNIT_NOT_OF_SERVICE
from services.billing.schedule import stockholm_day
from services.billing.tables import ComparisonFigureRow, ComparisonRow
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


async def open_comparison(uow: UnitOfWork, new: NewComparison) -> Kept:
    """Open a comparison: the figures are computed and stay as they are, with what they rest on.

    Those of a year that has not ended are of what billing holds of it so far.

    Raises:
        Problem: ``key_figure_unknown``, ``key_figure_incomplete``, ``service_unknown``,
            ``unit_not_of_service``, ``review_day_past``,
            ``peer_groups_invalid``, ``customer_unknown``, ``comparison_not_replaceable``,
            ``figures_missing``.
    """
    key_figure = _key_figure(new)
    today = stockholm_day(uow.now)
    if new.review_until < today:
        raise Problem(
            REVIEW_DAY_PAST,
            f"The review would have ended on {new.review_until}. Give those whose figures they"
            " are time to look at them.",
        )
    groups = kept(new.peer_groups)
    chosen = await figures.chosen(uow, new.customers)
    require_members(new.peer_groups, chosen.keys())
    if new.replaces is not None:
        await require_replaceable(uow, new.replaces)
    found = await figures.computed(uow, key_figure, new, list(chosen))
    if not found:
        raise Problem(
            FIGURES_MISSING,
            f"Of {new.year} billing holds nothing that {key_figure.name} could be computed from,"
            " for any of the customers. Choose another year, service or key figure.",
        )
    row = ComparisonRow(
        id=new_id(),
        definition=key_figure.model_dump(mode="json"),
        service=new.service,
        unit=new.unit,
        year=new.year,
        groups=groups,
        least_figures=least_figures(),
        review_until=new.review_until,
        without_data=[each for each in chosen if each not in found],
        replaces=new.replaces,
        status=ComparisonStatus.IN_REVIEW.value,
        revision=1,
        opened_by=client_of(uow),
        opened_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    opened = Kept(row, [])
    headcounts = await figures.headcounts_of(uow, new.year)
    for org_number, computed in found.items():
        customer = chosen[org_number]
        figure = ComparisonFigureRow(
            id=new_id(),
            comparison_id=row.id,
            org_number=org_number,
            name=customer.name,
            group=group_of(groups, org_number, headcounts.get(org_number, 0)),
            numerator=computed.numerator,
            denominator=computed.denominator,
            review=Review.FROZEN.value,
        )
        opened.figures.append(figure)
        uow.session.add(figure)
    await uow.session.flush()
    for figure in opened.figures:
        remark(uow, opened, figure, Review.FROZEN, None)
    await uow.session.flush()
    return opened


def _key_figure(new: NewComparison) -> KeyFigure:
    found = key_figures().get(new.key_figure)
    if found is None:
        raise Problem(
            KEY_FIGURE_UNKNOWN,
            f"There is no key figure {new.key_figure}. There are"
            f" {', '.join(sorted(key_figures()))}.",
            key_figures=sorted(key_figures()),
        )
    if not (found.service.allows(new.service) and found.unit_of_volume.allows(new.unit)):
        raise Problem(
            KEY_FIGURE_INCOMPLETE,
            f"{found.name}: a service is {_told(found.service.value)} and a unit"
            f" {_told(found.unit_of_volume.value)}. Name exactly what it is to be of.",
        )
    if new.service is None:
        return found
    service = priced_services().get(new.service)
    if service is None:
        raise Problem(SERVICE_UNKNOWN, f"There is no service {new.service} in the catalogue.")
    if new.unit is not None and new.unit not in service.units:
        raise Problem(
            UNIT_NOT_OF_SERVICE,
            f"Volumes of {service.name} are counted in {', '.join(service.units)}.",
            units=list(service.units),
        )
    return found


def _told(asked: str) -> str:
    return "not named" if asked == "no" else asked


async def require_replaceable(uow: UnitOfWork, comparison_id: str) -> None:
    """Refuse to replace what is not published, or was replaced already; held until the end.

    Raises:
        Problem: ``comparison_not_replaceable``.
    """
    earlier = await repository.find(uow.session, comparison_id, None, lock=True)
    if (
        earlier is None
        or earlier.status is not ComparisonStatus.PUBLISHED
        or earlier.replaced_by is not None
    ):
        raise Problem(
            COMPARISON_NOT_REPLACEABLE,
            "What is to be replaced is no published comparison, or another took its place"
            " already. Name the one that stands.",
            replaced_by=earlier.replaced_by if earlier else None,
        )
