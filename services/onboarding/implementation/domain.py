"""Phase 4: readiness, go or no-go, and what a no-go or a roll-back leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.onboarding.parties import Owner, Party

RolledBack = Mapping[str, datetime]
"""When each service was last rolled back; what was shown before that has to be shown anew."""


class ReadinessArea(StrEnum):
    """What readiness is judged on (GSA's M3; DOMAIN.md section 3)."""

    PROGRAMME = "programme"
    SYSTEM = "system"
    WORKFORCE = "workforce"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class ReadinessItem:
    """Something that has to be true before go-live, and who answers for it.

    Attributes:
        due_days: it is to be confirmed so many days before go-live.
        per_service: confirmed for each service by itself, otherwise once for the case.
        services: asked only for these; empty stands for every service.
    """

    key: str
    area: ReadinessArea
    owner: Owner
    text: str
    text_sv: str = ""
    due_days: int = 0
    per_service: bool = False
    services: tuple[str, ...] = ()

    def subjects(self, services: Iterable[str]) -> tuple[str | None, ...]:
        """What the item has to be confirmed for: services, or None for the whole case."""
        concerned = tuple(key for key in services if not self.services or key in self.services)
        if not concerned:
            return ()
        return concerned if self.per_service else (None,)

    def due_on(self, go_live_on: date) -> date:
        """The day by which it is to be confirmed."""
        return go_live_on - timedelta(days=self.due_days)


@dataclass(frozen=True)
class ReadinessStatement:
    """What a party says of a readiness item, with its evidence.

    ``service`` is None where the item is about the whole case.
    """

    item: str
    party: Party
    ready: bool
    evidence: str
    stated_at: datetime
    service: str | None = None
    stated_by: str = ""
    document_id: str | None = None


@dataclass(frozen=True)
class Unready:
    """A confirmation that is missing: of which item, for what, by whom."""

    item: ReadinessItem
    service: str | None
    party: Party


@dataclass(frozen=True)
class Approval:
    """What the customer's side said of an explained difference or of a parallel run."""

    approved: bool
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class GoWindow:
    """How many days before go-live a party decides, at the least and at the most."""

    minimum_days_ahead: int
    maximum_days_ahead: int

    def admits(self, go_live_on: date, today: date) -> bool:
        """Whether a go-live day lies within the window as seen today, ends included."""
        ahead = (go_live_on - today).days
        return self.minimum_days_ahead <= ahead <= self.maximum_days_ahead

    def earliest(self, today: date) -> date:
        """The first day that can be decided on today."""
        return today + timedelta(days=self.minimum_days_ahead)


class Verdict(StrEnum):
    """Go or no-go."""

    GO = "go"
    NO_GO = "no_go"


@dataclass(frozen=True)
class Consequence:
    """One thing that a no-go or a roll-back leads to, as a sentence; ``kind`` is its key."""

    kind: str
    text: str


@dataclass(frozen=True)
class GoDecision:
    """A party's decision on go-live; a joint decision is two identical ones.

    Attributes:
        go_live_on: the day decided on; of a no-go the day that falls away.
        service: the service it is about; None for all of the case.
        new_earliest_on: of a no-go, the first day that can come instead.
    """

    party: Party
    verdict: Verdict
    go_live_on: date
    mandate: str
    reason: str | None
    decided_at: datetime
    service: str | None = None
    new_earliest_on: date | None = None
    consequences: tuple[Consequence, ...] = ()


@dataclass(frozen=True)
class RollBack:
    """A service that was taken back after it had gone live."""

    id: str
    service: str
    live_on: date
    rolled_back_on: date
    reason: str
    decided_by: str
    mandate: str
    consequences: tuple[Consequence, ...]
    rolled_back_at: datetime


def counts_since(rolled_back: RolledBack, services: Iterable[str]) -> datetime | None:
    """The latest roll-back among services; only what was shown after it counts for them."""
    return max((rolled_back[key] for key in services if key in rolled_back), default=None)


def is_after(at: datetime, since: datetime | None) -> bool:
    """Whether a fact was shown after a roll-back; always, where there was none."""
    return since is None or at > since


def not_ready(
    items: Collection[ReadinessItem],
    statements: Collection[ReadinessStatement],
    services: Sequence[str],
    rolled_back: RolledBack | None = None,
) -> tuple[Unready, ...]:
    """Every confirmation that is missing for the given services to go live.

    Those made before a service was rolled back do not count for it any more.
    """
    rolled_back = rolled_back or {}
    lacking: list[Unready] = []
    for item in items:
        for subject in item.subjects(services):
            since = counts_since(rolled_back, services if subject is None else (subject,))
            confirmed = {
                said.party
                for said in statements
                if (said.item, said.service) == (item.key, subject)
                and said.ready
                and is_after(said.stated_at, since)
            }
            lacking += [
                Unready(item, subject, party)
                for party in item.owner.parties
                if party not in confirmed
            ]
    return tuple(lacking)


def decisions_for(
    decisions: Iterable[GoDecision], service: str, rolled_back: RolledBack | None = None
) -> Mapping[Party, GoDecision]:
    """Each party's standing decision for a service: its latest that is about it.

    Args:
        decisions: in the order they were made.
        service: the service asked about.
        rolled_back: decisions before the service's roll-back have been used up.
    """
    since = (rolled_back or {}).get(service)
    return {
        decision.party: decision
        for decision in decisions
        if decision.service in {None, service} and is_after(decision.decided_at, since)
    }


def decided_day(decisions: Mapping[Party, GoDecision]) -> date | None:
    """The day both parties have said go for; None while they have not or differ.

    No joint decision is possible between authorities: it is separate decisions that
    agree word for word (DOMAIN.md section 4).
    """
    goes = [decisions[party] for party in Party if party in decisions]
    days = {decision.go_live_on for decision in goes if decision.verdict is Verdict.GO}
    both = len(goes) == len(Party) and all(go.verdict is Verdict.GO for go in goes)
    return days.pop() if both and len(days) == 1 else None


def held_back_until(decisions: Mapping[Party, GoDecision], party: Party) -> date | None:
    """The earliest day that the other party's no-go leaves open; None without one."""
    others = [decision for who, decision in decisions.items() if who is not party]
    return max(
        (
            decision.new_earliest_on
            for decision in others
            if decision.verdict is Verdict.NO_GO and decision.new_earliest_on is not None
        ),
        default=None,
    )


def last_day_to_fall_back(live_on: date, days_after_go_live: int) -> date:
    """The last day on which a service that went live can be taken back."""
    return live_on + timedelta(days=days_after_go_live)
