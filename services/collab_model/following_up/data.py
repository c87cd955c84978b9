"""The data files of following up, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.collab_model.levels.domain import CorrectionReason
from services.contracts.values import LocalTime, MatterKind, MeasureKind, Priority, Slug

FOLDER = Path(__file__).parents[1] / "data" / "following_up"


class _Checked(BaseModel):
    """A part of a data file; a misspelt member is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cause(_Checked):
    """Why a promise was not kept, and who could have prevented it."""

    key: Slug
    party: Annotated[str, Field(pattern="^(centre|customer|supplier|outside)$")]
    name: str
    name_sv: str


class Causes(_Checked):
    """The causes that can be stated, and the one that stands where none is."""

    causes: tuple[Cause, ...] = Field(min_length=1)
    not_stated: Cause

    def find(self, key: str) -> Cause | None:
        """A cause by its key, the absent one among them; None when there is none such."""
        return next((each for each in (*self.causes, self.not_stated) if each.key == key), None)

    def name_sv(self, key: str | None) -> str:
        """What a cause is called; one that is no longer listed stands for itself."""
        found = self.find(key or self.not_stated.key)
        return found.name_sv if found else str(key)


class Team(_Checked):
    """A team of the centre and the service areas that come to it by themselves."""

    key: Slug
    name: str
    name_sv: str
    service_areas: tuple[Slug, ...]


class Teams(_Checked):
    """The centre's teams."""

    teams: tuple[Team, ...]
    otherwise: Team

    def find(self, key: str) -> Team | None:
        """A team by its key; None when there is none such."""
        return next((each for each in (*self.teams, self.otherwise) if each.key == key), None)

    def of_area(self, service_area: str) -> Team:
        """The team that a service area's matters are with."""
        return next(
            (each for each in self.teams if service_area in each.service_areas), self.otherwise
        )

    def name_sv(self, key: str) -> str:
        """What a team is called; one that is not listed stands for itself."""
        found = self.find(key)
        return found.name_sv if found else key


class ReportTime(_Checked):
    """When a tertial's report is made: a day of the month after it, and a time of day."""

    day: Annotated[int, Field(ge=1, le=28)]
    time: LocalTime = time(6, 0)


class Thresholds(_Checked):
    """How outcomes and risks are coloured, and what is watched."""

    amber_points: Mapping[MeasureKind, Annotated[Decimal, Field(ge=0, le=100)]]
    red_after_misses_in_a_row: Annotated[int, Field(ge=2)]
    steady_points: Annotated[Decimal, Field(ge=0)]
    least_answers: Annotated[int, Field(ge=1)]
    watched_misses: Annotated[int, Field(ge=0)]
    usual_over_months: Annotated[int, Field(ge=1)]
    risk_amber_from: Annotated[int, Field(ge=1, le=25)]
    risk_red_from: Annotated[int, Field(ge=1, le=25)]
    tertial_report: ReportTime

    @model_validator(mode="after")
    def _covers_every_kind(self) -> Thresholds:
        if missing := set(MeasureKind) - set(self.amber_points):
            raise ValueError(f"no amber_points for {', '.join(sorted(missing))}")
        return self


class Words(_Checked):
    """Swedish words of the papers; every key has one."""

    kinds: Mapping[str, str]
    units: Mapping[str, str]
    statuses: Mapping[str, str]
    trends: Mapping[str, str]
    matter_kinds: Mapping[MatterKind, str]
    priorities: Mapping[Priority, str]
    reasons: Mapping[str, str]

    @model_validator(mode="after")
    def _has_every_reason(self) -> Words:
        if set(self.reasons) != {reason.name.lower() for reason in CorrectionReason}:
            raise ValueError("reasons must name each of the centre's own reasons, and no other")
        return self

    def reason(self, told: str) -> str:
        """Why something was corrected: the centre's own reasons in Swedish, others as given."""
        own = next((each for each in CorrectionReason if each.value == told), None)
        return told if own is None else self.reasons[own.name.lower()]


_Model = TypeVar("_Model", bound=BaseModel)


def _load(model: type[_Model], name: str) -> _Model:
    return model.model_validate(yaml.safe_load((FOLDER / name).read_text("utf-8")))


@cache
def causes() -> Causes:
    """Why promises are not kept."""
    return _load(Causes, "causes.yaml")


@cache
def teams() -> Teams:
    """Who works on what."""
    return _load(Teams, "teams.yaml")


@cache
def thresholds() -> Thresholds:
    """What is green, amber and red."""
    return _load(Thresholds, "thresholds.yaml")


@cache
def words() -> Words:
    """What things are called in Swedish."""
    return _load(Words, "words.yaml")
