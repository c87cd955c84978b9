"""Files of readings: CSV with a head line, or a JSON object on each line.

Pure. A file whose form cannot be read is refused whole; of one that can, each row stands for
itself. A row of CSV has one stop or one delivery at most; ``no_stops`` says of a level of
availability that the service was up all the time.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from services.chassis.problems import Problem
from services.collab_model import problems
from services.collab_model.levels.readings import Reading
from services.collab_model.levels.reporting import RowOutcome, RowReport
from services.collab_model.levels.schemas import ReadingIn

CSV, NDJSON = "text/csv", "application/x-ndjson"
MAX_ROWS = 50_000
MAX_BYTES = 20 * 1024 * 1024

ROW_INVALID = "row_invalid"
"""Code of a row that does not fit the schema of a reading."""

_PLAIN = ("id", "org_number", "service", "level", "period", "replaces")
_NUMBERS = ("good", "total")
_OF_STOP = ("started_at", "ended_at", "planned", "announced_at")
_OF_DELIVERY = ("delivery", "delivered_at")
_OF_BOTH = ("cause", "note")
_GRADES = "grades"
_NO_STOPS = "no_stops"
COLUMNS = (
    *_PLAIN,
    *_NUMBERS,
    *_OF_STOP,
    *_OF_DELIVERY,
    *_OF_BOTH,
    _GRADES,
    _NO_STOPS,
)
"""The columns that a CSV may have, in any order; ``grades`` are counts with blanks between."""

_NEEDED = frozenset(_PLAIN[:5])
_TRUE = frozenset({"true", "1", "yes", "ja"})

Row = tuple[int, Reading | RowReport]


def rows_of(media_type: str, content: bytes) -> list[Row]:
    """The rows of a file, numbered as its lines are; blank lines are none.

    Raises:
        Problem: ``file_unreadable``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("it is not text in UTF-8") from error
    found = list(_csv(text) if media_type == CSV else _ndjson(text))
    if not found:
        raise _unreadable("it has no rows")
    if len(found) > MAX_ROWS:
        raise _unreadable(f"it has more than {MAX_ROWS} rows; send it in several files")
    return found


def _unreadable(why: str) -> Problem:
    return Problem(
        problems.FILE_UNREADABLE, f"Nothing was kept of the file: {why}.", columns=list(COLUMNS)
    )


def _ndjson(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            yield number, _invalid(number, None, "the line is not JSON")
        else:
            yield _read(number, given)


def _csv(text: str) -> Iterator[Row]:
    head = text.split("\n", 1)[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    try:
        reader = csv.DictReader(io.StringIO(text), delimiter=separator, strict=True)
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        if missing := _NEEDED - set(columns):
            raise _unreadable(f"its head line lacks {', '.join(sorted(missing))}")
        if unknown := set(columns) - set(COLUMNS):
            raise _unreadable(f"its head line has unknown columns: {', '.join(sorted(unknown))}")
        if len(set(columns)) < len(columns):
            raise _unreadable("its head line has a column twice")
        for cells in reader:
            if None in cells or None in cells.values():
                yield (
                    reader.line_num,
                    _invalid(
                        reader.line_num,
                        cells.get("id"),
                        "the row has not as many cells as the head",
                    ),
                )
            elif any(cells.values()):
                yield _read(reader.line_num, _document(cells))
    except csv.Error as error:
        raise _unreadable(f"it is not CSV ({error})") from error


def _document(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row of CSV as the reading it stands for."""
    given = {name: value.strip() for name, value in cells.items() if value.strip()}
    document: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    document |= {name: _number(given[name]) for name in _NUMBERS if name in given}
    about = {name: given[name] for name in _OF_BOTH if name in given}
    if "started_at" in given:
        stop: dict[str, Any] = {name: given[name] for name in _OF_STOP if name in given}
        if "planned" in stop:
            stop["planned"] = stop["planned"].lower() in _TRUE
        document["stops"] = [{**stop, **about}]
    elif given.get(_NO_STOPS, "").lower() in _TRUE:
        document["stops"] = []
    if any(name in given for name in _OF_DELIVERY):
        delivery = {name: given[name] for name in _OF_DELIVERY if name in given}
        document["deliveries"] = [{**delivery, **about}]
    if _GRADES in given:
        document[_GRADES] = [_number(each) for each in given[_GRADES].split()]
    return document


def _number(text: str) -> Any:
    """A whole number, or the text itself where it is none: the schema then says so."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text


def _read(number: int, given: Any) -> Row:
    try:
        return number, ReadingIn.model_validate(given).as_reading()
    except ValidationError as error:
        name = given.get("id") if isinstance(given, dict) else None
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'row'}: {fault['msg']}"
            for fault in error.errors()[:5]
        )
        return number, _invalid(number, name, faults)


def _invalid(number: int, name: Any, why: str) -> RowReport:
    shown = name[:200] if isinstance(name, str) else None
    return RowReport(number, shown, RowOutcome.REFUSED, ROW_INVALID, why)
