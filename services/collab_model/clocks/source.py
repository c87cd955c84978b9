"""What the clocks of an agreement's matters are read under, gathered from storage once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars import repository as calendars
from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.facts import CalendarFacts
from services.collab_model.calendars.holiday_facts import customs_became_known, signed_rules
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import repository
from services.collab_model.clocks.documents import LevelBeneath
from services.collab_model.clocks.rules import ClockRule
from services.collab_model.clocks.terms import (
    MEASURES,
    Clock,
    RuleBook,
    clocks_of,
    customer_rule,
)
from services.collab_model.levels import repository as levels_repository
from services.collab_model.levels.domain import Level
from services.collab_model.matters.domain import places_of
from services.collab_model.matters.log import LogEntry, Place
from services.contracts.values import ServiceHours


class TermsSource:
    """Levels, rules and calendars of one agreement, as known at an instant (default: now)."""

    def __init__(
        self, uow: UnitOfWork, agreement: Agreement, known_at: datetime | None = None
    ) -> None:
        self._uow = uow
        self._agreement = agreement
        self._known_at = known_at
        self._book: RuleBook | None = None
        self._facts: CalendarFacts | None = None
        self._then: dict[datetime, TermsSource] = {}
        self._levels: dict[Place, dict[str, Level]] = {}
        self._times: dict[int, ServiceTime] = {}
        self._own: dict[str, ServiceTime] = {}
        self._rules: dict[tuple[Place, date], list[ClockRule]] = {}
        self._customer: dict[tuple[str, int], ClockRule] = {}
        self._at_one_place: dict[tuple[Place, date], list[Clock]] = {}

    async def calendar_facts(self) -> CalendarFacts:
        """What has been recorded about the agreement's calendar up to now."""
        if self._facts is None:
            self._facts = await calendars.facts_of(self._uow.session, self._agreement.id)
        return self._facts

    async def as_known(self, instant: datetime) -> TermsSource:
        """The same with calendars as they were known at an instant.

        Nothing is loaded again. Rules and levels beneath are the same at any instant: they
        only ever hold for matters that come later.
        """
        if not await self.changed_since(instant):
            return self
        then = self._then.get(instant)
        if then is None:
            then = self._then[instant] = TermsSource(self._uow, self._agreement, instant)
            then._facts = await self.calendar_facts()
            then._book, then._levels = self._book, self._levels
        return then

    async def changed_since(self, instant: datetime) -> bool:
        """Whether a calendar has become known after an instant that is reckoned with here."""
        facts = await self.calendar_facts()
        known = facts if self._known_at is None else facts.known_at(self._known_at)
        today = day_of(self._known_at or self._uow.recorded_at)
        return known.changed_since(instant) or customs_became_known(day_of(instant), today)

    async def clocks(self, entries: Sequence[LogEntry]) -> list[Clock]:
        """The clocks of a matter, by the lines of its log that hold."""
        places = places_of(entries)
        for place in places:
            await self._load(place)
        if len(places) > 1:
            return self._clocks_of(entries, places[0])
        came = (places[0], day_of(entries[0].at))
        known = self._at_one_place.get(came)
        if known is None:
            known = self._at_one_place[came] = self._clocks_of(entries[:1], places[0])
        return known

    def _clocks_of(self, entries: Sequence[LogEntry], first: Place) -> list[Clock]:
        return clocks_of(entries, self._rules_at, day_of, self._times[first.version], self._own)

    def level(self, place: Place, level_id: str) -> Level:
        """A level that a clock at a place follows."""
        return self._levels[place][level_id]

    async def _load(self, place: Place) -> None:
        session, agreement = self._uow.session, self._agreement
        if self._book is None:
            self._book = await repository.rule_book(session, agreement.id, known_at=self._known_at)
        if place not in self._levels:
            levels = await levels_repository.levels_of_service(
                session, agreement.id, place.version, place.service
            )
            self._levels[place] = {level.id: level for level in levels}
        if place.version not in self._times:
            facts = (await self.calendar_facts()).under(place.version)
            known = facts if self._known_at is None else facts.known_at(self._known_at)
            self._times[place.version] = known.service_time()

    def _rules_at(self, place: Place, day: date) -> list[ClockRule]:
        known = self._rules.get((place, day))
        if known is None:
            known = self._rules[place, day] = [
                *self._customer_rules(place, day),
                *self._rules_beneath(place, day),
            ]
        return known

    def _customer_rules(self, place: Place, day: date) -> list[ClockRule]:
        """The rules of the levels; those that follow one document are one and the same."""
        book = self._book or RuleBook()
        rules = []
        for level in self._levels[place].values():
            if level.kind not in MEASURES:
                continue
            document = book.rule(MEASURES[level.kind], self._agreement.id, day)
            key = (level.id, id(document))
            if key not in self._customer:
                self._customer[key] = customer_rule(level, document)
            rules.append(self._customer[key])
            self._own[level.id] = self._times[place.version]
        return rules

    def _rules_beneath(self, place: Place, day: date) -> list[ClockRule]:
        book = self._book or RuleBook()
        rules: list[ClockRule] = []
        for level in book.beneath(place.service, day):
            rule = level.clock_rule(place)
            self._own[rule.id] = own_hours(level, place) or self._times[place.version]
            rules.append(rule)
        return rules


OWN_HOURS = "own:"
"""Begins the name, among calendars, of hours that a level beneath has of its own."""


def own_hours(level: LevelBeneath, place: Place) -> ServiceTime | None:
    """The hours of a level beneath that has its own.

    They are called by the service and the key of the level, which no calendar's key can be.

    Raises:
        ZoneInfoNotFoundError: they name an unknown zone.
        HoursInverted: they close before they open.
    """
    if level.hours is None:
        return None
    rules = signed_rules(ServiceHours(**level.hours.model_dump()))
    name = f"{OWN_HOURS}{place.service}/{level.key}"
    return ServiceTime.of(rules, calendar=name, version=place.version)
