"""The language of flow files, and how a flow's days become dates.

A flow counts its days back from its end, so that the same file tells a story that ends
today or on a pinned day. Steps come from journeys: one customer's way, made of named
step lists with that customer's values filled in. See docs/guides/flows.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.chassis.clock import STOCKHOLM
from services.chassis.events import describe

_REFERENCE = re.compile(
    r"\$\{([a-z_]+)(?::([a-z_]+(?:[+-]\d+)?|[+-]\d+))?((?:\.(?:[a-z_0-9]+|\*))*)\}"
)

_NAMED_DAY = re.compile(r"(?P<name>[a-z_]+)(?P<more>[+-]\d+)?")

Values = Mapping[str, Any]


class FlowError(ValueError):
    """A flow file that cannot be read; the text names the file and the place in it."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Monthly(_Model):
    """Repeat a step in every month of an interval of the journey's days."""

    day_of_month: int = Field(ge=1, le=28)
    from_day: int | str
    to_day: int | str


class UploadTemplate(_Model):
    """A text file that a step sends instead of JSON."""

    media_type: str = Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")
    text: str


class StepTemplate(_Model):
    """One request, as written in the file."""

    day: int | str | None = None
    monthly: Monthly | None = None
    at: str = Field(default="09:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    who: str
    do: str = Field(pattern=r"^(GET|POST|PUT|DELETE) /")
    send: Any = None
    upload: UploadTemplate | None = None
    if_match: int | str | None = Field(
        default=None, description="The version that the sender has seen."
    )
    each: str | None = Field(default=None, description="Repeat over a kept or given list.")
    expect: dict[str, Any] = Field(default_factory=dict)
    keep: dict[str, str] = Field(default_factory=dict)
    say: str = ""

    @model_validator(mode="after")
    def _has_one_body(self) -> StepTemplate:
        if self.send is not None and self.upload is not None:
            raise ValueError("a step sends a body or uploads a file, not both")
        return self


class ActorTemplate(_Model):
    """Somebody who takes part: staff with roles, or an agency."""

    name: str
    roles: tuple[str, ...]
    org_number: str | None = None


class StepsWithValues(_Model):
    """A list of steps for which some of the journey's values are others."""

    list: str
    values: dict[str, Any]


class JourneyTemplate(_Model):
    """One customer's way through the flow."""

    name: str
    starts: int = Field(le=0, description="Its day 0, counted back from the flow's end.")
    values: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[str | StepsWithValues, ...]


class FlowFile(_Model):
    """A flow as written."""

    flow: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    starts: int = Field(le=0)
    actors: dict[str, ActorTemplate]
    values: dict[str, Any] = Field(default_factory=dict)
    journeys: tuple[JourneyTemplate, ...]
    steps_from: tuple[str, ...] = Field(
        default=(), description="Files beside this one whose step lists it may use."
    )
    steps: dict[str, tuple[StepTemplate, ...]] = Field(default_factory=dict)


class StepsFile(_Model):
    """Step lists that several flows share."""

    steps: dict[str, tuple[StepTemplate, ...]]


@dataclass(frozen=True)
class Actor:
    """Somebody who takes part in a flow."""

    key: str
    name: str
    roles: tuple[str, ...]
    org_number: str | None


@dataclass(frozen=True)
class Step:
    """One request of a flow at its instant, its own references still to be filled in."""

    number: int
    journey: str
    at: datetime
    actor: str
    method: str
    path: str
    body: Any
    upload: UploadTemplate | None
    if_match: int | str | None
    each: str | None
    expect: Mapping[str, Any]
    keep: Mapping[str, str]
    say: str
    values: Values


@dataclass(frozen=True)
class Flow:
    """A flow with its days turned into dates, its steps in order of time."""

    name: str
    title: str
    begins: datetime
    ends: datetime
    actors: Mapping[str, Actor]
    steps: Sequence[Step] = field(repr=False)


def load(path: Path, ends: date, journeys: Collection[str] | None = None) -> Flow:
    """Read a flow file and let it end on a day.

    Args:
        path: the file.
        ends: the flow's last day.
        journeys: names of the journeys to keep; all of them when not given.

    Raises:
        FlowError: the file is missing, not YAML, or does not fit the language.
    """
    try:
        file = FlowFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
        return _expand(_only(_with_shared_steps(file, path), journeys), ends)
    except OSError as error:
        raise FlowError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        raise FlowError(f"{path}: {describe(error)}") from error
    except yaml.YAMLError as error:
        raise FlowError(f"{path}: {' '.join(str(error).split())}") from error
    except UnknownReference as error:
        raise FlowError(f"{path}: there is no {error}") from error
    except OverflowError as error:
        raise FlowError(f"{path}: a day lies outside of the calendar") from error
    except ValueError as error:
        raise FlowError(f"{path}: {error}") from error


def _with_shared_steps(file: FlowFile, path: Path) -> FlowFile:
    """The flow with the step lists it takes from other files; its own win."""
    steps: dict[str, tuple[StepTemplate, ...]] = {}
    for name in file.steps_from:
        shared = path.parent / name
        try:
            raw = yaml.safe_load(shared.read_text("utf-8"))
            steps |= StepsFile.model_validate(raw).steps
        except OSError as error:
            raise FlowError(f"steps_from {name}: {error.strerror or error}") from error
        except ValidationError as error:
            raise FlowError(f"steps_from {name}: {describe(error)}") from error
    return file.model_copy(update={"steps": {**steps, **file.steps}})


def _only(file: FlowFile, journeys: Collection[str] | None) -> FlowFile:
    if journeys is None:
        return file
    unknown = set(journeys) - {journey.name for journey in file.journeys}
    if unknown:
        raise FlowError(f"no journey is called {', '.join(sorted(unknown))}")
    kept = tuple(journey for journey in file.journeys if journey.name in journeys)
    return file.model_copy(update={"journeys": kept})


def _expand(file: FlowFile, ends: date) -> Flow:
    actors = {
        key: Actor(key, actor.name, actor.roles, actor.org_number)
        for key, actor in file.actors.items()
    }
    placed: list[tuple[datetime, int, Step]] = []
    for journey in file.journeys:
        first_day = ends + timedelta(days=journey.starts)
        journeys_own = {**file.values, **journey.values, "_first_day": first_day, "_ends": ends}
        for template, values in _templates(file, journey, journeys_own):
            for at in _instants(template, values):
                step = _step(template, journey.name, at, values)
                if step.actor not in actors:
                    raise FlowError(f"nobody is called {step.actor!r} ({template.do})")
                placed.append((at, len(placed), step))
    placed.sort(key=lambda item: item[:2])
    steps = [_numbered(step, number) for number, (_, _, step) in enumerate(placed, 1)]
    begins = _instant(ends + timedelta(days=file.starts), time(0, 0))
    return Flow(file.flow, file.title, begins, _instant(ends, time(0, 0)), actors, steps)


def _templates(
    file: FlowFile, journey: JourneyTemplate, values: Values
) -> Iterator[tuple[StepTemplate, Values]]:
    for use in journey.steps:
        own = use if isinstance(use, StepsWithValues) else StepsWithValues(list=use, values={})
        if own.list not in file.steps:
            raise FlowError(f"{journey.name} has steps called {own.list!r}, which are not there")
        for template in file.steps[own.list]:
            yield template, {**values, **own.values}


def _numbered(step: Step, number: int) -> Step:
    return Step(**{**step.__dict__, "number": number})


def _step(template: StepTemplate, journey: str, at: datetime, values: Values) -> Step:
    method, path = template.do.split(" ", 1)
    return Step(
        number=0,
        journey=journey,
        at=at,
        actor=fill(template.who, values),
        method=method,
        path=path,
        body=template.send,
        upload=template.upload,
        if_match=template.if_match,
        each=template.each,
        expect=template.expect,
        keep=template.keep,
        say=template.say,
        values={**values, "_date": at.astimezone(STOCKHOLM).date()},
    )


def _instants(template: StepTemplate, values: Values) -> Iterator[datetime]:
    at = time.fromisoformat(template.at)
    if template.monthly is not None:
        monthly = template.monthly
        day = _date_of(monthly.from_day, values)
        last = min(_date_of(monthly.to_day, values), values["_ends"])
        month = day.replace(day=monthly.day_of_month)
        while month <= last:
            if month >= day:
                yield _instant(_working_day(month), at)
            month = (month.replace(day=1) + timedelta(days=32)).replace(day=monthly.day_of_month)
        return
    yield _instant(_working_day(_date_of(template.day or 0, values)), at)


def _date_of(day: int | str, values: Values) -> date:
    """A journey's day by its number, by the name of a value, by ``name+number``, or ``end``."""
    first_day: date = values["_first_day"]
    if day == "end":
        # The flow ends as its last day begins, so the day before is the last to act on.
        ends: date = values["_ends"]
        return ends - timedelta(days=1)
    if isinstance(day, int):
        return first_day + timedelta(days=day)
    match = _NAMED_DAY.fullmatch(day)
    if match is None or match["name"] not in values:
        raise FlowError(f"{day!r} names no day of the journey")
    return first_day + timedelta(days=int(values[match["name"]]) + int(match["more"] or 0))


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, STOCKHOLM).astimezone(UTC)


@cache
def _swedish_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("SE", categories=("public", "de_facto"))


def _working_day(day: date) -> date:
    """The day itself or the last working day before it, so that nothing passes the end.

    The eves that offices keep closed are among the library's de facto holidays.
    """
    while day.weekday() >= 5 or day in _swedish_holidays():
        day -= timedelta(days=1)
    return day


class UnknownReference(LookupError):
    """A step refers to a value that nothing before it kept; the text is the reference."""


def fill(template: Any, values: Values) -> Any:
    """A template with its ``${...}`` references replaced.

    ``${name}`` and ``${name.part}`` give a value as it is when they stand alone;
    ``${date:live}`` the date of the journey's day ``live`` (the working day its steps
    happen on), ``${date:+30}`` the step's date 30 days on, ``${month:-1}`` the month
    before the step's.

    Raises:
        UnknownReference: a name is not known, or is none.
    """
    if isinstance(template, dict):
        return {fill(key, values): fill(item, values) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [fill(item, values) for item in template]
    if not isinstance(template, str):
        return template
    alone = _REFERENCE.fullmatch(template)
    if alone:
        return _resolve(alone, values)
    misspelt = _REFERENCE.sub("", template).partition("${")
    if misspelt[1]:
        raise UnknownReference("${" + misspelt[2])
    return _REFERENCE.sub(lambda match: str(_resolve(match, values)), template)


def _resolve(match: re.Match[str], values: Values) -> Any:
    name, argument, parts = match.groups()
    try:
        if name == "date" and argument is not None:
            return _date_reference(argument, values).isoformat()
        if name == "month" and argument is not None:
            return _month_reference(int(argument), values)
    except (ValueError, OverflowError) as error:
        raise UnknownReference(match[0]) from error
    if name not in values or argument is not None:
        raise UnknownReference(match[0])
    value = values[name]
    try:
        return _part(value, parts.split(".")[1:])
    except (LookupError, TypeError, ValueError) as error:
        raise UnknownReference(match[0]) from error


def _part(value: Any, parts: Sequence[str]) -> Any:
    for position, part in enumerate(parts):
        if part == "*" and isinstance(value, list):
            return [_part(item, parts[position + 1 :]) for item in value]
        value = value[int(part) if isinstance(value, list) else part]
    return value


def _date_reference(argument: str, values: Values) -> date:
    if argument.startswith(("+", "-")):
        own: date = values["_date"]
        return own + timedelta(days=int(argument))
    return _working_day(_date_of(argument, values))


def _month_reference(months: int, values: Values) -> str:
    own: date = values["_date"]
    index = own.year * 12 + own.month - 1 + months
    return f"{index // 12:04}-{index % 12 + 1:02}"
