"""What is proposed instead of what is signed, laid over the clocks of real matters.

Pure. A proposal says what would differ: targets, required shares, conditions, service hours,
credits. Everything that it does not mention stays as it was for each matter, under the version
that the matter came in under.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.clocks.rules import ClockRule, Conditions, Measure, Terms
from services.collab_model.clocks.terms import Clock
from services.collab_model.levels.domain import Level
from services.collab_model.matters.log import Place
from services.contracts.values import CreditTerms, Priority

LevelKey = tuple[str, str]
"""A service, and a level of it."""


@dataclass(frozen=True)
class LevelProposal:
    """Another target, another required share, or both; None where it stays."""

    target_minutes: Mapping[Priority, int] | None = None
    required_share_percent: Decimal | None = None


@dataclass(frozen=True)
class Proposal:
    """What would be signed instead; what is None or absent stays as it is."""

    levels: Mapping[LevelKey, LevelProposal] = field(default_factory=dict)
    conditions: Mapping[Measure, Conditions] = field(default_factory=dict)
    service_time: ServiceTime | None = None
    credit_terms: CreditTerms | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it proposes nothing."""
        return not (self.levels or self.conditions or self.service_time or self.credit_terms)

    def level(self, service: str, level: Level) -> Level:
        """A level as it would be."""
        change = self.levels.get((service, level.key), LevelProposal())
        return replace(
            level,
            target_minutes=dict(change.target_minutes or level.target_minutes),
            required_share_percent=change.required_share_percent or level.required_share_percent,
        )


class ProposedClocks:
    """Clocks as they would be; those that share a rule or terms go on sharing them."""

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self._rules: dict[tuple[str, int], tuple[ClockRule, ClockRule]] = {}
        self._clocks: dict[tuple[int, int, tuple[Place, ...]], tuple[Clock, Clock]] = {}

    def of(self, clock: Clock, places: Iterable[Place]) -> Clock:
        """A customer's clock as it would be.

        Args:
            clock: as it is.
            places: where its matter has been, in order.
        """
        visited = tuple(places)
        key = (id(clock.rule), id(clock.terms), visited)
        if key not in self._clocks:
            # The clock is kept with its twin, so that what the key names stays alive.
            self._clocks[key] = clock, self._proposed(clock, visited)
        return replace(self._clocks[key][1], key=clock.key)

    def _proposed(self, clock: Clock, places: tuple[Place, ...]) -> Clock:
        at = {place: clock.terms.rule_at(place, clock.rule) for place in places}
        rules = {
            place: None if rule is None else self._rule(place.service, rule)
            for place, rule in at.items()
        }
        home = next(place for place in places if at[place] is clock.rule)
        own = self._rule(home.service, clock.rule)
        time = self._proposal.service_time
        ids = {rule.id for rule in (own, *rules.values()) if rule is not None}
        own_hours = {**clock.terms.own_hours, **dict.fromkeys(ids, time)} if time else None
        return Clock(
            clock.key,
            own,
            Terms(
                service_time=time or clock.terms.service_time,
                places={place: rule for place, rule in rules.items() if rule is not own},
                own_hours=own_hours or clock.terms.own_hours,
            ),
        )

    def _rule(self, service: str, rule: ClockRule) -> ClockRule:
        # Two rules of one level may differ in their conditions, so each is known by itself.
        known = self._rules.get((service, id(rule)))
        if known is None:
            change = self._proposal.levels.get((service, rule.key), LevelProposal())
            proposed = replace(
                rule,
                targets=change.target_minutes or rule.targets,
                conditions=self._proposal.conditions.get(rule.measure, rule.conditions),
            )
            known = self._rules[service, id(rule)] = rule, proposed
        return known[1]
