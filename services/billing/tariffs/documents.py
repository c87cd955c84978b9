"""Files of items: YAML, JSON, or CSV with a row for each price.

Pure. A file that cannot be read is refused whole; so is one with a single item at fault, and
the refusal names row and field. YAML and JSON hold a list of items as the API has them. CSV has
a head line and amounts in kronor; the rows of one item follow each other, one for each band and
each of the customer's years.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from services.billing.problems import FILE_CUT_SHORT
from services.billing.spreadsheets import ore_of
from services.billing.tariffs.checks import Fault, FaultCode
from services.billing.tariffs.items import MOST_ITEMS, ItemDocument
from services.billing.tariffs.problems import TARIFF_FILE_UNREADABLE
from services.chassis.problems import Problem

CSV, JSON, YAML = "text/csv", "application/json", "application/yaml"
MAX_BYTES = 1024 * 1024

Row = tuple[int, Any, dict[str, int]]
"""An item before it is checked: its row, and in CSV the lines of its fields."""

_OF_ITEM = (
    "key",
    "service_area",
    "services",
    "name",
    "name_sv",
    "covers",
    "covers_sv",
    "unit",
    "banding",
    "vat_percent",
    "option",
)
_OF_PRICE = ("above", "through", "customer_year", "amount_sek")
COLUMNS = (*_OF_ITEM, *_OF_PRICE)
"""The columns that a CSV may have, in any order; ``services`` are with blanks between."""
_CLOSED = ("\n", "\r", " ", "]", "}", '"', "'")
"""What YAML can end with when it is whole; of a word or number the end may be missing."""
_NEEDED = frozenset({"key", "service_area", "services", "name", "unit", "amount_sek"})


@dataclass(frozen=True)
class Placed:
    """An item of a file, and where it stands: its row, and the lines of its fields in CSV."""

    item: ItemDocument
    row: int
    lines: Mapping[str, int]

    def at(self, fault: Fault) -> Fault:
        """A fault of the item, with row and column as they are in the file."""
        return _placed(fault, self.row, self.lines)


def _placed(fault: Fault, row: int, lines: Mapping[str, int]) -> Fault:
    if not lines:
        return replace(fault, row=row)
    field = fault.field
    column = "amount_sek" if "prices_ore" in field else field.rpartition(".")[2]
    return replace(fault, row=lines.get(field, row), field=column)


def items_in(media_type: str, content: bytes) -> tuple[list[Placed], list[Fault]]:
    """The items of a file that have the right form, and what is wrong with the others.

    A row is the item's place in YAML and JSON, counted from 1, and the line in CSV.

    Raises:
        Problem: ``tariff_file_unreadable``, ``file_cut_short``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("it is not text in UTF-8", error)
    if media_type == CSV and text.strip() and not text.endswith(("\n", "\r")):
        _refuse_cut(text)
    found: list[Fault] = []
    rows = list(_of_csv(text, found) if media_type == CSV else _of_list(media_type, text))
    if not rows and not found:
        _refuse("it has no items")
    if len(rows) > MOST_ITEMS:
        _refuse(f"it has more than {MOST_ITEMS} items")
    items = []
    for row, raw, lines in rows:
        try:
            items.append(Placed(ItemDocument.model_validate(raw), row, lines))
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                field = ".".join(str(part) for part in each["loc"]) or "item"
                fault = Fault(row, _short(field), FaultCode.UNREADABLE, each["msg"])
                found.append(_placed(fault, row, lines))
    return items, found


def _refuse_cut(text: str) -> NoReturn:
    lines = text.splitlines()
    raise Problem(
        FILE_CUT_SHORT,
        f"The file stops at row {len(lines)}: its last line has no line break. Nothing was"
        " registered of it; send it whole.",
        row=len(lines),
        column=len(lines[-1]) + 1,
    )


def _short(name: str) -> str:
    """A name out of a file, short and without what cannot be encoded."""
    return name[:100].encode("utf-8", "replace").decode("utf-8")


def _refuse(why: str, error: Exception | None = None, **place: Any) -> NoReturn:
    raise Problem(
        TARIFF_FILE_UNREADABLE,
        f"Nothing was registered of the file: {why}. Correct it and send it again.",
        columns=list(COLUMNS),
        **place,
    ) from error


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, by which a small file could stand for an enormous one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read here; write each item out")
        return super().compose_node(parent, index)


def _of_list(media_type: str, text: str) -> Iterator[Row]:
    try:
        loaded = json.loads(text) if media_type == JSON else _PlainLoader(text).get_single_data()
    except json.JSONDecodeError as error:
        _refuse(error.msg, error, row=error.lineno, column=error.colno)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = {"row": mark.line + 1, "column": mark.column + 1} if mark is not None else {}
        _refuse(f"it is not YAML ({error.problem})", error, **place)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        _refuse(f"it cannot be read ({type(error).__name__})", error)
    if media_type == YAML and loaded and not text.endswith(_CLOSED):
        _refuse_cut(text)
    if not isinstance(loaded, list):
        _refuse("it is not a list of items")
    for row, item in enumerate(loaded, start=1):
        yield row, item, {}


def _of_csv(text: str, found: list[Fault]) -> Iterator[Row]:
    sample = text.partition("\n")[0]
    delimiter = ";" if sample.count(";") > sample.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        head = list(reader.fieldnames or ())
        columns = set(head)
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        _refuse(f"it is not CSV ({error})", error, row=reader.line_num)
    if not columns >= _NEEDED:
        _refuse(f"it has no column {', '.join(sorted(_NEEDED - columns))}", row=1)
    if not columns <= set(COLUMNS):
        unknown = ", ".join(sorted(_short(str(each)) for each in columns - set(COLUMNS)))
        _refuse(f"it has columns that are not known here: {unknown}", row=1)
    if len(head) > len(columns):
        _refuse("it has a column twice", row=1)
    items: dict[str, Row] = {}
    last = ""
    for line, row in lines:
        if None in row or any(value is None for value in row.values()):
            _refuse(f"line {line} has not as many fields as the head", row=line)
        values = {name: value.strip() for name, value in row.items() if value.strip()}
        key = values.get("key", "")
        if key in items and key != last:
            said = f"the rows of {key} do not follow each other"
            found.append(Fault(line, "key", FaultCode.KEY_REPEATED, said))
            continue
        last = key
        _, item, places = items.setdefault(key, (line, _begun(values), {"key": line}))
        for name, value in _begun(values).items():
            if value and value != item.get(name):
                said = f"the rows of {key} do not say the same"
                found.append(Fault(line, name, FaultCode.ROWS_DISAGREE, said))
        _add_price(item, places, line, values, found)
    yield from items.values()


def _begun(values: Mapping[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {name: values[name] for name in _OF_ITEM if name in values}
    item["services"] = values.get("services", "").split()
    return item


def _add_price(
    item: dict[str, Any],
    places: dict[str, int],
    line: int,
    values: Mapping[str, str],
    found: list[Fault],
) -> None:
    amount = ore_of(values.get("amount_sek", ""))
    if amount is None:
        said = "write kronor with at most two decimals, such as 22 or 22,50"
        found.append(Fault(line, "amount_sek", FaultCode.UNREADABLE, said))
        return
    if "above" not in values and "through" not in values:
        prices, field = item.setdefault("prices_ore", []), "prices_ore"
    else:
        above, through = _whole(values.get("above", "0")), values.get("through")
        band = {"above": above, "through": None if through is None else _whole(through)}
        bands: list[dict[str, Any]] = item.setdefault("bands", [])
        if not bands or {name: bands[-1][name] for name in band} != band:
            places |= {f"bands.{len(bands)}.{name}": line for name in band}
            bands.append({**band, "prices_ore": []})
        prices, field = bands[-1]["prices_ore"], f"bands.{len(bands) - 1}.prices_ore"
    year = values.get("customer_year", str(len(prices) + 1))
    if year != str(len(prices) + 1):
        said = f"the customer's years come in order; here year {len(prices) + 1} is expected"
        found.append(Fault(line, "customer_year", FaultCode.UNREADABLE, said))
        return
    places[f"{field}.{len(prices)}"] = line
    prices.append(amount)


def _whole(text: str) -> int | str:
    """A whole number, or the text that is none, for the item's schema to refuse."""
    digits = text.replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else text
