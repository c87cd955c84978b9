"""The figures of a comparison: computed from what billing holds, at opening and once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.comparisons import repository
from services.billing.comparisons.key_figures import KeyFigure, Measure
from services.billing.comparisons.measuring import Asked, measured
from services.billing.comparisons.peer_groups import ByHeadcount, Named
from services.billing.comparisons.problems import FIGURES_MISSING
from services.billing.comparisons.repository import Kept
from services.billing.customers import repository as register
from services.billing.problems import CUSTOMER_UNKNOWN
from services.billing.tables import ComparisonFigureRow, CustomerRow
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class NewComparison:
    """What a comparison is to be about; no ``customers`` means all of them."""

    key_figure: str
    service: str | None
    unit: str | None
    year: int
    customers: tuple[str, ...] | None
    peer_groups: ByHeadcount | Named
    review_until: date
    replaces: str | None


@dataclass(frozen=True)
class Computed:
    """What a figure rests on; the denominator is above nought."""

    numerator: int
    denominator: int


async def chosen(uow: UnitOfWork, asked: Sequence[str] | None) -> dict[str, CustomerRow]:
    """The customers that are to be compared, in order of their numbers.

    Raises:
        Problem: ``customer_unknown``.
    """
    known = await repository.customers(uow.session)
    if asked is None:
        return known
    unknown = sorted(set(asked).difference(known))
    if unknown:
        raise Problem(
            CUSTOMER_UNKNOWN,
            f"Not registered as agencies: {', '.join(unknown)}. Leave them out, or register them"
            " first.",
            customers=unknown,
        )
    return {each: known[each] for each in sorted(set(asked))}


async def computed(
    uow: UnitOfWork, key_figure: KeyFigure, new: NewComparison, customers: Sequence[str]
) -> dict[str, Computed]:
    """The figures of those customers that billing has data of, from live data."""
    asked = Asked(new.year, new.service, new.unit)
    return await _computed(uow, key_figure, asked, customers, await headcounts_of(uow, new.year))


async def headcounts_of(uow: UnitOfWork, year: int) -> dict[str, int]:
    """The headcounts that were known at the end of a year, by customer."""
    return await register.headcounts_on(uow.session, date(year, 12, 31))


async def recompute(uow: UnitOfWork, found: Kept, figure: ComparisonFigureRow) -> None:
    """Compute a figure anew from live data.

    A headcount that was registered since the comparison was opened is taken for the correction
    that the objection asks for.

    Raises:
        Problem: ``figures_missing``.
    """
    asked = Asked(found.row.year, found.row.service, found.row.unit)
    headcounts = await headcounts_of(uow, asked.year)
    customer = await register.find(uow.session, figure.org_number)
    if customer is not None and customer.updated_at >= found.row.opened_at:
        headcounts[figure.org_number] = customer.headcount
    anew = await _computed(uow, found.key_figure, asked, [figure.org_number], headcounts)
    if figure.org_number not in anew:
        raise Problem(
            FIGURES_MISSING,
            "Billing has no data of it any more. Keep the figure as it was, or leave it out.",
        )
    figure.numerator = anew[figure.org_number].numerator
    figure.denominator = anew[figure.org_number].denominator


async def _computed(
    uow: UnitOfWork,
    key_figure: KeyFigure,
    asked: Asked,
    customers: Sequence[str],
    headcounts: Mapping[str, int],
) -> dict[str, Computed]:
    numerators = await measured(uow.session, key_figure.numerator, asked, headcounts)
    denominators = await measured(uow.session, key_figure.denominator, asked, headcounts)
    owners = await _numbers_of(uow, asked.year, customers)
    found: dict[str, Computed] = {}
    for customer, numbers in owners.items():
        below, above = denominators.of(customer, numbers), numerators.of(customer, numbers)
        # Nothing below, or no fee or volume above, is no figure; no month met is one.
        if below and (above is not None or key_figure.numerator in _MAY_BE_NONE):
            found[customer] = Computed(above or 0, below)
    return found


_MAY_BE_NONE = frozenset({Measure.MONTHS_MET, Measure.VOLUMES_CORRECTED_LATE})


async def _numbers_of(
    uow: UnitOfWork, year: int, customers: Sequence[str]
) -> dict[str, frozenset[str]]:
    """The organisation numbers whose data is each customer's at the end of a year.

    One that another had taken over by then has none: its data is the other's.
    """
    known = await register.register(uow.session)
    day = date(year, 12, 31)
    return {
        each: known.scope_of(each, day).issued_to
        for each in customers
        if known.holder_on(each, day) == each
    }
