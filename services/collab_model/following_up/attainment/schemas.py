"""Attainment over HTTP."""

from __future__ import annotations

from typing import Self

from services.chassis.schemas import ResponseModel
from services.collab_model.following_up.attainment.repository import By
from services.collab_model.following_up.attainment.service import Group, Watched
from services.collab_model.following_up.status import Status
from services.collab_model.levels.domain import Tally, plain, shown_percent
from services.contracts.values import MeasureKind


class GroupOut(ResponseModel):
    """What a group attained of one kind of measure: ``good`` of ``total``.

    They are counted in matters for times, cases for shares, seconds of agreed hours for
    availability, deliveries for punctuality, points for satisfaction. Of a service or a customer,
    ``met`` of ``months`` closed results were met; a team or a cause has none. Of a cause,
    ``total`` is what failed for it. Names are null where the key is in no list any more.
    """

    key: str
    name: str | None
    name_sv: str | None
    kind: MeasureKind
    good: int
    total: int
    failed: int
    outcome_percent: str | None
    months: int
    met: int

    @classmethod
    def of(cls, group: Group) -> Self:
        """A group as it is shown."""
        row, named = group.attained, group.named
        tally = Tally(row.good, row.total)
        percent = shown_percent(tally)
        return cls(
            key=row.key,
            name=named.name if named else None,
            name_sv=named.name_sv if named else None,
            kind=row.kind,
            good=row.good,
            total=row.total,
            failed=tally.failed,
            outcome_percent=None if percent is None else str(plain(percent)),
            months=row.months,
            met=row.met,
        )


class AttainmentOut(ResponseModel):
    """What was attained in closed months, as they were corrected last, across customers."""

    by: By
    first: str
    last: str
    groups: list[GroupOut]


class WatchedOut(ResponseModel):
    """A level that is near red this month, and why it is thought so.

    ``failed_so_far`` of about ``expected_total`` cases have failed; ``misses_left`` more turn
    it red (0: it is). In what is left of a month ``usual_failures`` usually come; ``likely``
    when that is enough. It was missed in ``missed_before`` months in a row. Cases are seconds
    for availability and points for satisfaction.
    """

    agreement_id: str
    org_number: str
    customer_name: str | None
    service: str
    service_name: str | None
    service_name_sv: str | None
    level: str
    name: str
    name_sv: str
    kind: MeasureKind
    required_share_percent: str
    failed_so_far: int
    expected_total: int
    misses_left: int
    usual_failures: str
    likely: bool
    missed_before: int
    last_status: Status
    open_matters: int
    open_pressing: int

    @classmethod
    def of(cls, each: Watched) -> Self:
        """A watched level as it is shown."""
        outlook, level, of = each.outlook, each.outlook.level, each.service
        return cls(
            agreement_id=level.key.agreement_id,
            org_number=level.org_number,
            customer_name=each.customer.name_sv if each.customer else None,
            service=level.key.service,
            service_name=of.name if of else None,
            service_name_sv=of.name_sv if of else None,
            level=level.key.level,
            name=level.name,
            name_sv=level.name_sv,
            kind=level.kind,
            required_share_percent=str(level.required_share_percent),
            failed_so_far=outlook.so_far.failed,
            expected_total=outlook.expected_total,
            misses_left=outlook.misses_left,
            usual_failures=str(plain(outlook.usual_failures)),
            likely=outlook.is_likely,
            missed_before=outlook.missed_before,
            last_status=outlook.last_status,
            open_matters=each.open_matters,
            open_pressing=each.open_pressing,
        )


class OutlookOut(ResponseModel):
    """The levels that would turn red next, the nearest first."""

    period: str
    levels: list[WatchedOut]
