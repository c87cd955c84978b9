"""What the API says about what savings come to."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.savings.domain import Outcome
from services.billing.savings.totals import Grouping, Total
from services.chassis.money import round_half_up
from services.chassis.schemas import ResponseModel


class OutcomeOut(ResponseModel):
    """Expected against realised, in öre and in hundredths of full-time equivalents of a year.

    ``due_ore`` of the expected falls on ended months: ``followed_up_ore`` on those followed up,
    which brought ``realised_ore``, and ``not_followed_up_ore`` on those that nobody has.
    """

    expected_ore: int
    due_ore: int
    followed_up_ore: int
    not_followed_up_ore: int
    realised_ore: int
    expected_fte_hundredths: int
    realised_fte_hundredths: int

    @classmethod
    def of(cls, found: Outcome) -> OutcomeOut:
        """An outcome as the API shows it."""
        return cls(
            expected_ore=found.expected_ore,
            due_ore=found.due_ore,
            followed_up_ore=found.followed_up_ore,
            not_followed_up_ore=found.not_followed_up_ore,
            realised_ore=found.realised_ore,
            expected_fte_hundredths=round_half_up(found.expected_fte),
            realised_fte_hundredths=round_half_up(found.realised_fte),
        )


class TotalOut(OutcomeOut):
    """What the savings of one kind come to; without ``key`` those that have none."""

    key: str | None
    savings: int
    without_owner: int
    not_specified: int


class TotalsOut(ResponseModel):
    """Totals, and all of it together; by year a saving is in each of its years."""

    by: Grouping
    year: int | None
    totals: tuple[TotalOut, ...]
    whole: TotalOut


def totals_out(by: Grouping, year: int | None, found: Sequence[Total], whole: Total) -> TotalsOut:
    """Totals as the API shows them."""
    return TotalsOut(
        by=by,
        year=year,
        totals=tuple(_total_out(each) for each in found),
        whole=_total_out(whole),
    )


def _total_out(total: Total) -> TotalOut:
    return TotalOut(
        **OutcomeOut.of(total.outcome).model_dump(),
        key=total.key,
        savings=total.savings,
        without_owner=total.without_owner,
        not_specified=total.not_specified,
    )
