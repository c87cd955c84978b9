"""Rules of clocks and levels beneath the customer's, as files and staff write them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from services.chassis.schemas import AS_A_NUMBER, Flag, RequestModel, Text
from services.collab_model.clocks.rules import Beneath, ClockRule, Condition, Conditions, Measure
from services.collab_model.clocks.words import stood_still_since
from services.collab_model.matters.log import MatterEvent, Place
from services.contracts.values import Priority, Slug

_DATA = Path(__file__).parent.parent / "data"

WarnAt = Annotated[int, Field(ge=1, le=99), AS_A_NUMBER]
"""A percentage of the target at which somebody is warned."""

Minutes = Annotated[int, Field(ge=1, le=1_000_000), AS_A_NUMBER]
"""Service minutes of a target."""

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:00"])]
"""A time on the wall clock; as a closing time 00:00 is the end of the day."""


class ConditionDocument(RequestModel):
    """An event, and the words shown where the clock stood still because of it."""

    event: MatterEvent
    why: Text | None = None
    why_sv: Text | None = None

    def condition(self) -> Condition:
        """The condition as clocks read it."""
        why, why_sv = stood_still_since(self.event)
        return Condition(self.event, self.why or why, self.why_sv or why_sv)


ConditionList = Annotated[tuple[ConditionDocument, ...], Field(max_length=len(MatterEvent))]


class RuleDocument(RequestModel):
    """On which events a clock does what, and when it warns."""

    starts_on: ConditionList
    stops_on: ConditionList
    pauses_on: ConditionList = ()
    resumes_on: ConditionList = ()
    reopens_on: ConditionList = ()
    resets_on: ConditionList = ()
    cancels_on: ConditionList = ()
    warnings: Annotated[tuple[WarnAt, ...], Field(max_length=10)] = ()
    warn_in_service_hours_only: Flag = False

    def conditions(self) -> Conditions:
        """The conditions as clocks read them."""
        return Conditions(
            starts_on=_read(self.starts_on),
            stops_on=_read(self.stops_on),
            pauses_on=_read(self.pauses_on),
            resumes_on=_read(self.resumes_on),
            reopens_on=_read(self.reopens_on),
            resets_on=_read(self.resets_on),
            cancels_on=_read(self.cancels_on),
        )

    def percents(self) -> tuple[int, ...]:
        """The percentages in order, each once."""
        return tuple(sorted(set(self.warnings)))


def _read(documents: Sequence[ConditionDocument]) -> tuple[Condition, ...]:
    return tuple(each.condition() for each in documents)


class CustomerRules(RequestModel):
    """The rules of the customers' clocks, by what they measure."""

    response: RuleDocument | None = None
    update: RuleDocument | None = None
    resolution: RuleDocument | None = None

    def of(self, measure: Measure) -> RuleDocument | None:
        """The rule of a measure, if one is given."""
        rule: RuleDocument | None = getattr(self, measure.value)
        return rule


class TargetMinutes(RequestModel):
    """The service minutes allowed for each priority; one left out is promised nothing."""

    critical: Minutes | None = None
    high: Minutes | None = None
    normal: Minutes | None = None

    def by_priority(self) -> dict[Priority, int]:
        """The targets that are promised."""
        given = {priority: getattr(self, priority.value) for priority in Priority}
        return {priority: minutes for priority, minutes in given.items() if minutes is not None}


class OwnHours(RequestModel):
    """Hours of a team's or supplier's own, on Swedish working days."""

    zone: Annotated[str, Field(min_length=1, max_length=60)] = "Europe/Stockholm"
    opens: TimeOfDay
    closes: TimeOfDay
    half_day_closes: TimeOfDay


class LevelBeneath(RequestModel):
    """What a team of the centre (``internal``) or a supplier promises for a service.

    Without ``hours`` its time runs in the customer's service hours; without ``rule`` by the
    centre's rule for its kind: from when the matter is handed over until it comes back.
    """

    key: Slug
    name: Text
    name_sv: Text
    beneath: Literal[Beneath.INTERNAL, Beneath.SUPPLIER]
    counterpart: Slug
    target_minutes: TargetMinutes
    measure: Measure = Measure.RESOLUTION
    hours: OwnHours | None = None
    rule: RuleDocument | None = None

    def clock_rule(self, place: Place) -> ClockRule:
        """The level as clocks of matters at a place read it.

        Raises:
            ContradictoryConditions: its conditions contradict each other.
        """
        rule = self.rule or standard_rules().beneath(self.beneath)
        return ClockRule(
            id=f"{place.service}/{place.version}/{self.beneath.value}/{self.key}",
            key=self.key,
            name=self.name,
            name_sv=self.name_sv,
            measure=self.measure,
            beneath=self.beneath,
            counterpart=self.counterpart,
            conditions=rule.conditions(),
            targets=self.target_minutes.by_priority(),
            warnings=rule.percents(),
            warn_in_service_hours_only=rule.warn_in_service_hours_only,
        )


class StandardRules(RequestModel):
    """``data/clock_rules.yaml``: the centre's rules when nobody has set others."""

    customer: CustomerRules
    internal: RuleDocument
    supplier: RuleDocument

    def beneath(self, beneath: Beneath) -> RuleDocument:
        """The rule of levels beneath the customer's."""
        return self.internal if beneath is Beneath.INTERNAL else self.supplier


@cache
def standard_rules() -> StandardRules:
    """The rules of ``data/clock_rules.yaml``.

    Raises:
        pydantic.ValidationError: the file does not fit; the service does not start.
    """
    return StandardRules.model_validate(_yaml("clock_rules.yaml"))


class LevelsBeneath(RequestModel):
    """The levels beneath those of a service."""

    levels: Annotated[list[LevelBeneath], Field(max_length=50)]


@cache
def standard_levels() -> dict[str, LevelsBeneath]:
    """The levels of ``data/internal_levels.yaml``, by service."""
    return {
        service: LevelsBeneath.model_validate({"levels": levels})
        for service, levels in _yaml("internal_levels.yaml").items()
    }


def _yaml(name: str) -> dict[str, object]:
    document: dict[str, object] = yaml.safe_load((_DATA / name).read_text("utf-8"))
    return document
