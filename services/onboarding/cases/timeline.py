"""The timeline of a case: what happened, told as a story.

Every change appends one sentence. A reader gets them one by one, or grouped: what one
party did of one kind on one day is one line with a count. Wording per kind of act is data
(``data/timeline.yaml``), in English and Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.clock import STOCKHOLM
from services.contracts.values import Phase, Slug, Value


@dataclass(frozen=True)
class Reference:
    """What an entry is about: a document or a decision, by its kind, id and a readable label.

    ``kind`` is a word such as ``document``, ``gap``, ``agreement`` or ``exit``.
    """

    kind: str
    id: str
    label: str


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened in a case, as a readable sentence."""

    id: str
    at: datetime
    who: str
    action: str
    sentence: str
    phase: Phase
    refs: tuple[Reference, ...] = ()

    @property
    def day(self) -> date:
        """The day in Stockholm on which it happened."""
        return self.at.astimezone(STOCKHOLM).date()


@dataclass(frozen=True)
class TimelineFilter:
    """Which entries to show, and from which end; what is None asks for nothing."""

    action: str | None = None
    who: str | None = None
    phase: Phase | None = None
    newest_first: bool = False
    after: str | None = None


@dataclass(frozen=True)
class Line:
    """Entries that are told in one line: one, or several of one party, kind and day.

    Attributes:
        id: the id of the first of the entries, in the order they are told in.
        sentence: what to read.
        count: how many entries the line tells of.
    """

    id: str
    at: datetime
    who: str
    action: str
    phase: Phase
    sentence: str
    count: int
    refs: tuple[Reference, ...]

    @property
    def day(self) -> date:
        """The day in Stockholm on which it happened."""
        return self.at.astimezone(STOCKHOLM).date()


class Wording(Value):
    """How acts of one kind are told. A text continues the name of who acted.

    ``one_sv`` stands for a single act in Swedish; in English its own sentence is told.
    ``many`` and ``many_sv`` stand for ``{count}`` of them.
    """

    one_sv: str
    many: str | None = None
    many_sv: str | None = None


class TimelineWords(Value):
    """The words of ``data/timeline.yaml``."""

    title: str
    title_sv: str
    cut: str
    cut_sv: str
    names_sv: Mapping[str, str]
    phases: Mapping[Phase, str]
    phases_sv: Mapping[Phase, str]
    months_sv: tuple[str, ...]
    actions: Mapping[Slug, Wording]


def grouped(entries: Iterable[TimelineEntry]) -> tuple[tuple[TimelineEntry, ...], ...]:
    """Entries of one phase, day, party and kind together, where the first of them stands."""
    groups: dict[tuple[Phase, date, str, str], list[TimelineEntry]] = {}
    for entry in entries:
        key = (entry.phase, entry.day, entry.who, entry.action)
        groups.setdefault(key, []).append(entry)
    return tuple(tuple(group) for group in groups.values())


def tell(group: Sequence[TimelineEntry], words: TimelineWords, language: str) -> Line:
    """A group of entries as one line.

    Args:
        group: entries of one phase, day, party and kind; at least one.
        words: the wording of each kind; a kind without wording keeps its own sentence.
        language: ``sv`` for Swedish; everything else is told in English.
    """
    first = group[0]
    return Line(
        id=first.id,
        at=first.at,
        who=first.who,
        action=first.action,
        phase=first.phase,
        sentence=_sentence(group, words, language),
        count=len(group),
        refs=tuple(dict.fromkeys(ref for entry in group for ref in entry.refs)),
    )


def _sentence(group: Sequence[TimelineEntry], words: TimelineWords, language: str) -> str:
    first, wording = group[0], words.actions.get(group[0].action)
    swedish = language == "sv"
    many = wording and (wording.many_sv if swedish else wording.many)
    if len(group) > 1 and many:
        return f"{_name(first.who, words, swedish)} {many.format(count=len(group))}."
    if swedish and wording is not None and len(group) == 1:
        about = ", ".join(dict.fromkeys(_label_sv(ref, words) for ref in first.refs))
        text = f"{_name(first.who, words, swedish)} {wording.one_sv}"
        return f"{text}: {about}." if about else f"{text}."
    return " ".join(entry.sentence for entry in group)


def _label_sv(ref: Reference, words: TimelineWords) -> str:
    known = {phase.value: name for phase, name in words.phases_sv.items()}
    return known.get(ref.id, ref.label).lower() if ref.kind == "phase" else ref.label


def _name(who: str, words: TimelineWords, swedish: bool) -> str:
    return words.names_sv.get(who, who) if swedish else who


def as_markdown(
    title: str, lines: Sequence[Line], words: TimelineWords, language: str, cut: str | None
) -> str:
    """Lines as a text for people: a heading per phase, a day per paragraph.

    Args:
        title: the first heading.
        lines: in the order to tell them in.
        words: headings and months.
        language: ``sv`` or English.
        cut: a closing remark when earlier lines were left out.
    """
    names = words.phases_sv if language == "sv" else words.phases
    told = [f"# {_escaped(title)}"]
    phase: Phase | None = None
    day: date | None = None
    for line in lines:
        if line.phase is not phase:
            phase, day = line.phase, None
            told.append(f"\n## {names[phase]}")
        if line.day != day:
            day = line.day
            told.append(f"\n**{_day(day, words, language)}**\n")
        told.append(f"- {_escaped(line.sentence)}{_documents(line)}")
    if cut is not None:
        told.append(f"\n_{cut}_")
    return "\n".join(told) + "\n"


def _documents(line: Line) -> str:
    papers = [ref for ref in line.refs if ref.kind == "document"]
    return "".join(f" [{_escaped(ref.label)}](documents/{ref.id})" for ref in papers)


def _day(day: date, words: TimelineWords, language: str) -> str:
    if language == "sv":
        return f"{day.day} {words.months_sv[day.month - 1]} {day.year}"
    return f"{day.day} {day:%B %Y}"


_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>#"} | {"\n": " ", "\r": " "})


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)
