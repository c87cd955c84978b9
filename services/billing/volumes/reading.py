"""Rows of a file of volumes: CSV with a head line, or a JSON object on each line.

Pure. Each row stands for itself: one that does not hold is refused with its line, its column and
a code, and the others are read. What a cell can say comes again in row after row, so that each
text is judged once.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.billing.problems import CORRECTION_AMBIGUOUS, UNIT_UNKNOWN, VOLUME_NEGATIVE
from services.contracts.values import OrgNumber, Slug, YearMonth

CSV, NDJSON = "text/csv", "application/x-ndjson"

NEEDED = ("id", "org_number", "service", "unit", "period", "quantity")
COLUMNS = (*NEEDED, "revision", "corrects")
"""The columns that a file can have, in any order; the last two are for corrections."""

ROW_INVALID = "row_invalid"
"""Code of a row that does not fit the schema of a volume."""

MAX_QUANTITY = 1_000_000_000
MAX_REVISION = 1_000_000
_LISTED_AT_MOST = 200
_REMEMBERED = 100_000
_LONGEST_ID = 200
_ID = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class HeadLineError(ValueError):
    """The head line of a CSV does not name its columns; the message says what is wrong."""


class PlaceKey(NamedTuple):
    """What a row is about, as text."""

    org_number: str
    service: str
    unit: str
    period: str


class Row(NamedTuple):
    """A row that holds; ``line`` is its line in the file."""

    line: int
    source_id: str
    revision: int
    corrects: str | None
    place: PlaceKey
    quantity: int


@dataclass(frozen=True)
class Refusal:
    """A row that does not hold: where, by which code, and why."""

    line: int
    column: str | None
    code: str
    detail: str
    id: str | None = None


@dataclass
class Read:
    """What a piece holds. Of many refusals only the first are listed."""

    lines: int
    rows: list[Row] = field(default_factory=list)
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        """Count a refusal, and list it while there is room."""
        self.refused += 1
        if len(self.refusals) < _LISTED_AT_MOST:
            self.refusals.append(refusal)


class _Invalid(Exception):  # it is caught where it is raised, and no error there
    def __init__(self, column: str | None, detail: str, code: str = ROW_INVALID) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail
        self.code = code


class _Judge:
    """Judges texts of one kind, and remembers what it said."""

    def __init__(self, column: str, check: Callable[[str], str]) -> None:
        self._column = column
        self._check = check
        self._known: dict[str, str] = {}

    def __call__(self, given: Any) -> str:
        found = self._known.get(given) if isinstance(given, str) else None
        if found is None:
            if not isinstance(given, str) or not given:
                raise _Invalid(self._column, "it is missing, or no text")
            found = self._check(given.strip())
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[given] = found
        return found


def _by_schema(column: str, schema: Any) -> Callable[[str], str]:
    adapter: TypeAdapter[str] = TypeAdapter(schema)

    def check(given: str) -> str:
        try:
            return adapter.validate_python(given)
        except ValidationError as error:
            raise _Invalid(column, error.errors()[0]["msg"]) from error

    return check


class FileReader:
    """Reads the pieces of one file, in order.

    Args:
        media_type: ``CSV`` or ``NDJSON``.
        units: those in which anything is counted.
    """

    def __init__(self, media_type: str, units: frozenset[str]) -> None:
        self._is_csv = media_type == CSV
        self._line = 0
        self._separator = ","
        self._columns: list[str] | None = None
        self._org_number = _Judge("org_number", _by_schema("org_number", OrgNumber))
        self._service = _Judge("service", _by_schema("service", Slug))
        self._period = _Judge("period", _by_schema("period", YearMonth))
        as_slug = _by_schema("unit", Slug)

        def check_unit(given: str) -> str:
            if as_slug(given) not in units:
                raise _Invalid("unit", f"nothing is counted in {given}", UNIT_UNKNOWN.code)
            return given

        self._unit = _Judge("unit", check_unit)
        self._places: dict[tuple[Any, ...], PlaceKey] = {}

    def skip(self, piece: bytes, lines: int) -> None:
        """Go past a piece that was read before; of the first the head line counts."""
        if self._is_csv and self._columns is None:
            self._read_head(piece.partition(b"\n")[0])
        self._line += lines

    def read(self, piece: bytes) -> Read:
        """Read the next piece.

        Raises:
            HeadLineError: the first line does not name the columns.
            UnicodeDecodeError: it is not text in UTF-8.
        """
        first = self._line == 0
        text = piece.decode("utf-8-sig" if first else "utf-8")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        start, self._line = self._line, self._line + len(lines)
        found = Read(lines=len(lines))
        if first and self._is_csv:
            self._read_head(lines[0].encode())
            lines[0] = ""
        cells_of = self._cells if self._is_csv else _members
        for number, line in enumerate(lines, start=start + 1):
            if not line or line.isspace():
                continue
            try:
                cells = cells_of(line)
                found.rows.append(self._row(number, cells))
            except _Invalid as invalid:
                found.refuse(
                    Refusal(number, invalid.column, invalid.code, invalid.detail, self._id_in(line))
                )
        return found

    def place_of_cut(self, piece: bytes) -> tuple[int, str | None]:
        """The line and column in which a last piece without a line break at its end stops."""
        last = piece.rpartition(b"\n")[2].decode("utf-8", "replace")
        line = self._line + piece.count(b"\n") + 1
        columns = self._columns or ([] if self._is_csv else None)
        if columns is None:
            return line, None
        at = min(last.count(self._separator), len(columns) - 1)
        return line, columns[at] if columns else None

    def _read_head(self, head: bytes) -> None:
        try:
            text = head.decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise HeadLineError("it is not text in UTF-8") from error
        self._separator = ";" if text.count(";") > text.count(",") else ","
        columns = [name.strip().strip('"').lower() for name in text.split(self._separator)]
        if missing := [name for name in NEEDED if name not in columns]:
            raise HeadLineError(f"its head line lacks {', '.join(missing)}")
        if unknown := [name for name in columns if name not in COLUMNS]:
            raise HeadLineError(f"its head line has unknown columns: {', '.join(unknown)}"[:500])
        if len(set(columns)) < len(columns):
            raise HeadLineError("its head line has a column twice")
        self._columns = columns

    def _cells(self, line: str) -> dict[str, Any]:
        columns = self._columns or []
        if '"' in line:
            try:
                [cells] = csv.reader([line], delimiter=self._separator, strict=True)
            except (csv.Error, ValueError) as error:
                raise _Invalid(None, f"the line is not CSV ({error})") from error
        else:
            cells = line.rstrip("\r").split(self._separator)
        if len(cells) != len(columns):
            raise _Invalid(None, f"the row has {len(cells)} cells, the head {len(columns)}")
        return dict(zip(columns, cells, strict=True))

    def _row(self, line: int, cells: Mapping[str, Any]) -> Row:
        about = (cells["org_number"], cells["service"], cells["unit"], cells["period"])
        try:
            place = self._places.get(about)
        except TypeError:  # a list or an object, which no text is
            place = None
        if place is None:
            place = PlaceKey(
                self._org_number(about[0]),
                self._service(about[1]),
                self._unit(about[2]),
                self._period(about[3]),
            )
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            self._places[about] = place
        source_id, corrects = _identity("id", cells["id"]), None
        said = cells.get("revision")
        revision = 1 if said is None or said == "" else _number("revision", said, 1, MAX_REVISION)
        if cells.get("corrects"):
            corrects = _identity("corrects", cells["corrects"])
            if revision > 1 or corrects == source_id:
                raise _Invalid(
                    "corrects",
                    "a correction has a higher revision, or names another report; not both",
                    CORRECTION_AMBIGUOUS.code,
                )
        quantity = _number("quantity", cells["quantity"], 0, MAX_QUANTITY)
        return Row(line, source_id, revision, corrects, place, quantity)

    def _id_in(self, line: str) -> str | None:
        """The row's identity for its report, as far as it can be read."""
        try:
            cells = self._cells(line) if self._is_csv else _members(line)
            return _identity("id", cells["id"])
        except _Invalid:
            return None


def _members(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Invalid(None, "the line is not JSON") from error
    if not isinstance(given, dict):
        raise _Invalid(None, "the line is no JSON object")
    for name in given:
        if name not in COLUMNS:
            raise _Invalid(_shown(name), "there is no such column")
    for name in NEEDED:
        if name not in given:
            raise _Invalid(name, "it is missing")
    return given


def _shown(name: str) -> str:
    """A name that somebody gave a column, as far as every database and encoding can hold it."""
    return "".join(each if each.isprintable() else "?" for each in name[:80])


def _identity(column: str, given: Any) -> str:
    if not isinstance(given, str):
        raise _Invalid(column, "write it as text")
    text = given.strip()
    if not text or len(text) > _LONGEST_ID or not (text.isprintable() or _ID.fullmatch(text)):
        raise _Invalid(column, f"write one line of 1 to {_LONGEST_ID} characters")
    return text


def _number(column: str, given: Any, least: int, most: int) -> int:
    if isinstance(given, str):
        text = given.strip()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise _Invalid(column, "write a whole number")
        number = int(text)
    elif isinstance(given, bool) or not isinstance(given, int):
        raise _Invalid(column, "write a whole number")
    else:
        number = given
    if column == "quantity" and number < 0:
        raise _Invalid(column, "a volume is never below nought", VOLUME_NEGATIVE.code)
    if not least <= number <= most:
        raise _Invalid(column, f"a number from {least} to {most} is expected")
    return number
