"""What a tertial report says (DOMAIN.md section 6; 000:2389, 2435).

Pure. The report is plain JSON values, made of what was closed: the months' results as they
were corrected last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from services.collab_model.following_up.data import ReportTime, Thresholds
from services.collab_model.following_up.status import (
    Status,
    Trend,
    misses_in_a_row,
    risk_status,
    status_of,
    trend_of,
    worst,
)
from services.collab_model.levels.domain import HUNDREDTH, Month, plain
from services.contracts.values import MeasureKind

Document = dict[str, Any]
PATTERN = r"^[12][0-9]{3}-T[1-3]$"


@dataclass(frozen=True, order=True)
class Tertial:
    """Four months of a year, the state's reporting period; ``number`` is 1, 2 or 3."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Tertial:
        """Read ``2026-T1``; the text fits ``PATTERN``."""
        year, _, number = text.partition("-T")
        return cls(int(year), int(number))

    @classmethod
    def of(cls, month: Month) -> Tertial:
        """The tertial that a month lies in."""
        return cls(month.year, (month.month - 1) // 4 + 1)

    @staticmethod
    def ends_with(month: Month) -> bool:
        """Whether a month is a tertial's last."""
        return month.month % 4 == 0

    def __str__(self) -> str:
        return f"{self.year:04d}-T{self.number}"

    @property
    def months(self) -> tuple[Month, Month, Month, Month]:
        """Its months, in order."""
        first = Month(self.year, 4 * self.number - 3)
        second = first.next
        third = second.next
        return first, second, third, third.next

    @property
    def first_day(self) -> date:
        """Its first date."""
        return self.months[0].first_day

    @property
    def last_day(self) -> date:
        """Its last date."""
        return self.months[3].last_day

    @property
    def before(self) -> Tertial:
        """The tertial before."""
        return Tertial(self.year, self.number - 1) if self.number > 1 else Tertial(self.year - 1, 3)

    def reported_at(self, rule: ReportTime, zone: ZoneInfo) -> datetime:
        """When its report is made by itself, in UTC."""
        day = self.months[3].next.first_day.replace(day=rule.day)
        return datetime.combine(day, rule.time, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class MonthOfLevel:
    """How a level came out in one month, as it was corrected last.

    The counts are absent for what was closed before they were kept.
    """

    service: str
    level: str
    name_sv: str
    kind: MeasureKind
    period: str
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    met: bool
    good: int | None
    total: int | None


@dataclass(frozen=True)
class ServiceOfReport:
    """A service as a report names it."""

    key: str
    name_sv: str


@dataclass(frozen=True)
class Risk:
    """A risk as a report shows it."""

    title: str
    service: str | None
    probability: int
    consequence: int
    handling: str
    owner_role: str
    review_on: date | None
    closed_on: date | None


@dataclass(frozen=True)
class AgreedAction:
    """An action from the minutes of a forum, and its day."""

    text: str
    owner_role: str
    due_on: date
    forum: str
    agreed_on: date


@dataclass(frozen=True)
class Facts:
    """All that a report is made of.

    ``results`` are of this tertial and of the one before. ``credits`` are percents by service
    and period, ``causes`` how many deviations each cause had.
    """

    agreement_id: str
    org_number: str
    customer_name: str
    tertial: Tertial
    services: Sequence[ServiceOfReport]
    results: Sequence[MonthOfLevel]
    causes: Mapping[str, int]
    not_stated: str
    credits: Mapping[tuple[str, str], Decimal]
    open_critical: int
    risks: Sequence[Risk]
    actions: Sequence[AgreedAction]
    comment: str


def share_over(months: Sequence[MonthOfLevel]) -> Fraction | None:
    """The share of several months together: of their cases where all were counted.

    Where a month's counts are not known, the plain mean of the months' outcomes.
    """
    measured = [each for each in months if each.outcome_percent is not None]
    if not measured:
        return None
    good = [each.good for each in measured if each.good is not None]
    total = [each.total for each in measured if each.total is not None]
    if len(good) == len(total) == len(measured) and sum(total) > 0:
        return Fraction(100 * sum(good), sum(total))
    outcomes = [Fraction(each.outcome_percent or 0) for each in measured]
    return sum(outcomes, Fraction(0)) / len(measured)


def shown(share: Fraction | None) -> str | None:
    """A share as it is shown: two decimals, rounded down."""
    if share is None:
        return None
    exact = Decimal(share.numerator) / share.denominator
    return str(plain(exact.quantize(HUNDREDTH, rounding=ROUND_DOWN)))


def report_of(facts: Facts, thresholds: Thresholds) -> Document:
    """The report of an agreement's tertial."""
    services = [_service(each, facts, thresholds) for each in facts.services]
    services = [each for each in services if each["levels"]]
    return {
        "agreement_id": facts.agreement_id,
        "org_number": facts.org_number,
        "customer_name": facts.customer_name,
        "tertial": str(facts.tertial),
        "status": worst([Status(each["status"]) for each in services]).value,
        "services": services,
        "causes": dict(facts.causes),
        "credits": [
            {"service": service, "period": period, "percent": str(plain(percent))}
            for (service, period), percent in sorted(facts.credits.items())
        ],
        "signals": _signals(services, facts),
        "risks": [_risk(each, thresholds) for each in facts.risks],
        "actions": [_action(each, facts.tertial) for each in facts.actions],
        "comment": facts.comment or None,
    }


def _service(service: ServiceOfReport, facts: Facts, thresholds: Thresholds) -> Document:
    own = [each for each in facts.results if each.service == service.key]
    own.sort(key=lambda each: (each.level, each.period))
    now = [str(month) for month in facts.tertial.months]
    found = [
        _level(list(months), now, thresholds)
        for _, months in groupby(own, key=lambda each: each.level)
    ]
    levels = [each for each in found if each is not None]
    return {
        "service": service.key,
        "name_sv": service.name_sv,
        "status": worst([Status(each["status"]) for each in levels]).value,
        "levels": levels,
    }


def _level(
    results: Sequence[MonthOfLevel], now: Sequence[str], thresholds: Thresholds
) -> Document | None:
    """A level's tertial; None when it was promised in none of the tertial's months.

    A level that reached its share over the tertial but has been missed in many months in a row
    is amber.
    """
    current = [each for each in results if each.period in now]
    if not current:
        return None
    before = [each for each in results if each.period < now[0]]
    last = current[-1]
    share, past = share_over(current), share_over(before)
    required = last.required_share_percent
    met = all(each.met for each in current) if share is None else share >= Fraction(required)
    misses = misses_in_a_row([each.met for each in results])
    status = status_of(
        last.kind, required, share, met=met, missed_before=max(0, misses - 1), thresholds=thresholds
    )
    if met and misses >= thresholds.red_after_misses_in_a_row:
        status = Status.AMBER
    return {
        "level": last.level,
        "name_sv": last.name_sv,
        "kind": last.kind.value,
        "required_share_percent": str(plain(required)),
        "outcome_percent": shown(share),
        "good": _sum(each.good for each in current),
        "total": _sum(each.total for each in current),
        "met": met,
        "status": status.value,
        "trend": trend_of(past, share, thresholds).value,
        "before_percent": shown(past),
        "misses_in_a_row": misses,
        "months": [_month(each, results, thresholds) for each in current],
        "earlier": [
            {
                "period": each.period,
                "outcome_percent": _text(each.outcome_percent),
                "met": each.met,
                "status": _status(each, results, thresholds),
            }
            for each in before
        ],
    }


def _month(each: MonthOfLevel, results: Sequence[MonthOfLevel], thresholds: Thresholds) -> Document:
    return {
        "period": each.period,
        "outcome_percent": _text(each.outcome_percent),
        "met": each.met,
        "status": _status(each, results, thresholds),
    }


def _status(each: MonthOfLevel, results: Sequence[MonthOfLevel], thresholds: Thresholds) -> str:
    earlier = [other.met for other in results if other.period < each.period]
    return status_of(
        each.kind,
        each.required_share_percent,
        share_over([each]),
        met=each.met,
        missed_before=misses_in_a_row(earlier),
        thresholds=thresholds,
    ).value


def _sum(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else sum(each for each in known if each is not None)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(plain(value))


def _signals(services: Sequence[Mapping[str, Any]], facts: Facts) -> list[Document]:
    """What in the figures themselves is a risk, in a fixed order."""
    found: list[Document] = []
    for service in services:
        for level in service["levels"]:
            about = {"service": service["service"], "level": level["level"]}
            if level["misses_in_a_row"] > 1:
                found.append({"kind": "missed", "count": level["misses_in_a_row"], **about})
            elif level["met"] and level["trend"] == Trend.WORSE:
                found.append({"kind": "falling", "count": 0, **about})
    if facts.open_critical:
        found.append({"kind": "open_critical", "count": facts.open_critical})
    unstated = facts.causes.get(facts.not_stated, 0)
    if unstated:
        found.append({"kind": "cause_not_stated", "count": unstated})
    return [{"service": None, "level": None, **each} for each in found]


def _risk(risk: Risk, thresholds: Thresholds) -> Document:
    return {
        "title": risk.title,
        "service": risk.service,
        "probability": risk.probability,
        "consequence": risk.consequence,
        "status": risk_status(risk.probability, risk.consequence, thresholds).value,
        "handling": risk.handling,
        "owner_role": risk.owner_role,
        "review_on": risk.review_on.isoformat() if risk.review_on else None,
        "closed_on": risk.closed_on.isoformat() if risk.closed_on else None,
    }


def _action(action: AgreedAction, tertial: Tertial) -> Document:
    return {
        "text": action.text,
        "owner_role": action.owner_role,
        "due_on": action.due_on.isoformat(),
        "forum": action.forum,
        "agreed_on": action.agreed_on.isoformat(),
        "due_in_tertial": action.due_on <= tertial.last_day,
    }
