"""A clock told in sentences that a customer understands, in English and Swedish. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from services.chassis import swedish
from services.chassis.clock import STOCKHOLM
from services.collab_model.calendars.domain import NO_TIME
from services.collab_model.clocks.domain import ClockState, RoundReading
from services.collab_model.clocks.explaining import Step, Sums
from services.collab_model.clocks.spans import Span
from services.collab_model.clocks.words import WHEN
from services.collab_model.levels.domain import Closing

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Told:
    """Something in words, in English and Swedish."""

    text: str
    text_sv: str

    def __add__(self, other: Told) -> Told:
        return Told(self.text + other.text, self.text_sv + other.text_sv)


_NOTHING = Told("", "")

_VERDICTS = {
    ClockState.NOT_STARTED: Told("Counting has not begun.", "Mätningen har inte börjat."),
    ClockState.RUNNING: Told(
        "Time is running, and the promise can still be kept.",
        "Tiden går, och det som är utlovat kan fortfarande hållas.",
    ),
    ClockState.PAUSED: Told("Time stands still.", "Tiden står still."),
    ClockState.MET: Told("The promise was kept.", "Det som var utlovat hölls."),
    ClockState.BREACHED: Told("The promise was not kept.", "Det som var utlovat hölls inte."),
    ClockState.CANCELLED: Told(
        "Counting was broken off before the promise was kept or broken; no outcome is measured.",
        "Mätningen avbröts innan det var avgjort om löftet hölls; inget utfall mäts.",
    ),
    ClockState.NOT_PROMISED: Told(
        "Nothing is promised now, so no outcome is measured.",
        "Inget är utlovat nu, så inget utfall mäts.",
    ),
}


def told(round_: RoundReading) -> Told:
    """What a round comes to, in words."""
    return _VERDICTS[round_.state] + _from_to(round_) + _counted(round_) + _deadline(round_)


def _from_to(round_: RoundReading) -> Told:
    began, began_sv = WHEN[round_.legs[0].stretch.cause.event]
    ended, ended_sv = (
        WHEN[round_.ended_by.event]
        if round_.ended_by is not None
        else ("which is the instant asked about", "som frågan gäller")
    )
    when, when_sv = ("when ", "då ") if round_.ended_by is not None else ("", "")
    return Told(
        f" Time counts from {_at(round_.started_at)}, when {began}, to {_at(round_.until)}, "
        f"{when}{ended}.",
        f" Tiden räknas från {_at_sv(round_.started_at)}, då {began_sv}, till "
        f"{_at_sv(round_.until)}, {when_sv}{ended_sv}.",
    )


def _counted(round_: RoundReading) -> Told:
    sums = Sums.of(round_.spans)
    rest = [
        (amount, words)
        for amount, words in (
            (sums.closed, Told("outside service hours", "utanför servicetiden")),
            (sums.holiday, Told("on days off and holidays", "på lediga dagar och helgdagar")),
            (sums.paused, Told("while time stood still", "medan tiden stod still")),
        )
        if amount
    ]
    left_out = [f"{_long(amount)} {words.text}" for amount, words in rest]
    left_out_sv = [f"{_long_sv(amount)} {words.text_sv}" for amount, words in rest]
    passed = Told(
        f" In all {_long(sums.wall_time)} passed",
        f" Sammanlagt gick {_long_sv(sums.wall_time)}",
    )
    if rest:
        passed += Told(
            f", of which {_listed(left_out)} do not count. What counts is {_long(sums.counted)}",
            f", varav {swedish.listed(left_out_sv)} inte räknas. Det som räknas är "
            f"{_long_sv(sums.counted)}",
        )
    else:
        passed += Told(", all of which counts", ", och allt räknas")
    return passed + _of_what(round_)


def _of_what(round_: RoundReading) -> Told:
    """Against what the time counts: with one target its minutes, with several the share."""
    targets = _targets(round_)
    if not targets:
        return Told(".", ".")
    if len(targets) == 1:
        over = round_.elapsed - targets[0]
        just = NO_TIME < over < _A_SECOND
        return Told(
            f"; the promise is {_long(targets[0])}{', so it was just over' if just else ''}.",
            f"; utlovat är {_long_sv(targets[0])}{', så det var strax över' if just else ''}.",
        )
    changes = ", then ".join(_long(each) for each in targets)
    changes_sv = ", sedan ".join(_long_sv(each) for each in targets)
    return Told(
        f". The time promised was {changes}; at each change the share that was left was kept. In "
        f"all {round_.used_percent} % of what was promised is used.",
        f". Den utlovade tiden var {changes_sv}; vid varje ändring behölls den andel som var "
        f"kvar. Sammanlagt är {swedish.percent(round_.used_percent)} av den förbrukad.",
    )


def _targets(round_: RoundReading) -> list[timedelta]:
    """The targets that a round has had, in order, each change of them once."""
    targets = (leg.basis for leg in round_.legs if leg.basis is not None)
    return [target for target, _ in groupby(targets)]


def _deadline(round_: RoundReading) -> Told:
    if round_.deadline is None or round_.state not in _RAN_OUT:
        return _NOTHING
    words = _RAN_OUT[round_.state]
    return Told(
        f" The time promised {words.text} {_at(round_.deadline)}.",
        f" Den utlovade tiden {words.text_sv} {_at_sv(round_.deadline)}.",
    )


_RAN_OUT = {
    ClockState.RUNNING: Told("lasts until", "räcker till"),
    ClockState.MET: Told("would have lasted until", "hade räckt till"),
    ClockState.BREACHED: Told("was used up at", "tog slut"),
}


def told_of_span(span: Span, calendar: Told | None) -> Told:
    """A part of a clock's life in words.

    Args:
        span: the part.
        calendar: what the calendar is called by whose rule it counted or did not.
    """
    event, event_sv = WHEN[span.cause.event]
    counted = Told("did not count", "räknas inte")
    if span.counted:
        counted = Told(f"{_long(span.counted)} counted", f"{_long_sv(span.counted)} räknas")
    rule = Told(f" {_beginning(span.rule)}", f" {_beginning(span.rule_sv)}")
    if calendar is not None:
        rule += Told(f", by {calendar.text}", f", enligt {calendar.text_sv}")
    return (
        Told(
            f"{_at(span.start)} to {_at(span.end)}: {counted.text}.",
            f"{_at_sv(span.start)} till {_at_sv(span.end)}: {counted.text_sv}.",
        )
        + rule
        + Told(
            f". Measured so since line {span.cause.sequence} of the log, when {event}.",
            f". Mäts så sedan rad {span.cause.sequence} i loggen, då {event_sv}.",
        )
    )


def told_of_counting(closing: Closing, round_: RoundReading) -> Told:
    """What a closed month counted, in words."""
    kept = round_.state is ClockState.MET
    how, how_sv = ("kept", "hållet") if kept else ("broken", "brutet")
    decided = round_.outcome_at or round_.until
    month = swedish.month(closing.month.first_day)
    return Told(
        f"{closing.month}, closed {_at(closing.closed_at)}, counted the promise as {how} at "
        f"{_at(decided)}.",
        f"{swedish.capitalised(month)}, som stängdes {_at_sv(closing.closed_at)}, räknade löftet "
        f"som {how_sv} {_at_sv(decided)}.",
    )


def told_of_step(step: Step) -> Told:
    """A step of the calculation in words."""
    event, event_sv = WHEN[step.cause.event]
    return (
        Told(f"{_at(step.at)}, when {event}: ", f"{_at_sv(step.at)}, då {event_sv}: ")
        + _left(step)
        + _goes_on(step)
    )


def _left(step: Step) -> Told:
    """What was left, and of what."""
    if step.left is None or step.basis is None:
        return Told("nothing has been promised yet", "inget är utlovat än")
    if step.left < NO_TIME:
        over = -step.left
        return Told(
            f"{_long(over)} more than promised had been used",
            f"{_long_sv(over)} mer än utlovat var förbrukat",
        )
    if step.left == step.basis and step.carried_from is None:
        return Told(f"all of {_long(step.basis)} left", f"hela tiden kvar, {_long_sv(step.basis)}")
    left = Told(
        f"{_long(step.left)} of {_long(step.basis)} left",
        f"{_long_sv(step.left)} kvar av {_long_sv(step.basis)}",
    )
    if step.carried_from is None or step.left_before is None:
        return left
    share = Told(
        f"{_long(step.left_before)} of {_long(step.carried_from)} left, which is as much as ",
        f"{_long_sv(step.left_before)} kvar av {_long_sv(step.carried_from)}, vilket motsvarar ",
    )
    return share + left


def _goes_on(step: Step) -> Told:
    if step.runs:
        return Told("; time runs.", "; tiden går.")
    return Told("; time stands still.", "; tiden står still.")


def _at(instant: datetime) -> str:
    """An instant on the wall clock in Sweden, to the second where there are any."""
    local = instant.astimezone(STOCKHOLM)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def _at_sv(instant: datetime) -> str:
    second = instant.second
    return swedish.moment(instant) + (f".{second:02d}" if second else "")


def _long(amount: timedelta) -> str:
    hours, minutes, seconds = _parts(amount)
    parts = [f"{hours} h"] if hours else []
    if minutes or not (hours or seconds):
        parts.append(f"{minutes} min")
    return " ".join([*parts, *([f"{seconds} s"] if seconds else [])])


def _long_sv(amount: timedelta) -> str:
    minutes, seconds = amount // timedelta(minutes=1), _parts(amount)[2]
    if not minutes and seconds:
        return f"{seconds}\u00a0s"
    return swedish.minutes(minutes) + (f" {seconds}\u00a0s" if seconds else "")


def _parts(amount: timedelta) -> tuple[int, int, int]:
    """Whole hours, minutes and seconds; what is less than a second is cut."""
    whole = amount // _A_SECOND
    return whole // 3600, whole // 60 % 60, whole % 60


def _listed(items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _beginning(rule: str) -> str:
    """A rule as a sentence begins with it."""
    return swedish.capitalised(rule).removesuffix(".")
