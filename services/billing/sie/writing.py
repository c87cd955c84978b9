"""Writing of SIE 4 (type 4E), so that reading it gives the same file again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from services.billing.sie.lexing import checksum, fields_of
from services.billing.sie.model import ENCODING, Balance, Objects, SieFile, Voucher

_OPENING = "#FLAGGA"


def write(file: SieFile) -> bytes:
    """A file as bytes in PC8, with a checksum.

    What PC8 lacks becomes a question mark, control characters become blanks, and a backslash
    at the end of a text a slash: before the closing quotation mark it would undo it.
    """
    records = list(_records(file))
    value = checksum(fields_of(line) for line in records)
    lines = [f"{_OPENING} {int(file.is_read_before)}", "#KSUMMA", *records, f"#KSUMMA {value}"]
    return "".join(f"{line}\r\n" for line in lines).encode(ENCODING, "replace")


def _records(file: SieFile) -> Iterator[str]:
    yield _line("#PROGRAM", _quoted(file.program), _quoted(file.program_version))
    yield "#FORMAT PC8"
    by = [_quoted(file.generated_by)] if file.generated_by else []
    yield _line("#GEN", _day(file.generated_on), *by)
    yield "#SIETYP 4"
    if file.org_number:
        yield _line("#ORGNR", _quoted(file.org_number))
    yield _line("#FNAMN", _quoted(file.company))
    for year, (first, last) in sorted(file.years.items(), reverse=True):
        yield _line("#RAR", str(year), _day(first), _day(last))
    for account, name in sorted(file.accounts.items()):
        yield _line("#KONTO", account, _quoted(name))
    for dimension, name in file.dimensions.items():
        yield _line("#DIM", dimension, _quoted(name))
    for (dimension, number), name in file.objects.items():
        yield _line("#OBJEKT", dimension, _quoted(number), _quoted(name))
    for balance in file.balances:
        yield _balance(balance)
    for voucher in file.vouchers:
        yield from _voucher(voucher)


def _balance(each: Balance) -> str:
    fields = [str(each.year)]
    if each.period is not None:
        fields.append(each.period.replace("-", ""))
    fields.append(each.account)
    if each.kind.has_objects:
        fields.append(_objects(each.objects))
    fields.append(_amount(each.amount_ore))
    return _line(f"#{each.kind}", *fields, *_trimmed([_quantity(each.quantity)]))


def _voucher(voucher: Voucher) -> Iterator[str]:
    registered = _day(voucher.registered_on) if voucher.registered_on else '""'
    tail = [_quoted(voucher.text), registered, _quoted(voucher.signature)]
    head = (_quoted(voucher.series), _quoted(voucher.number), _day(voucher.day))
    yield _line("#VER", *head, *_trimmed(tail))
    yield "{"
    for row in voucher.rows:
        tail = [
            _day(row.day) if row.day else '""',
            _quoted(row.text),
            _quantity(row.quantity),
            _quoted(row.signature),
        ]
        fields = (row.account, _objects(row.objects), _amount(row.amount_ore))
        yield "   " + _line("#TRANS", *fields, *_trimmed(tail))
    yield "}"


def _quantity(quantity: Decimal | None) -> str:
    return '""' if quantity is None else format(quantity, "f")


def _trimmed(fields: Sequence[str]) -> list[str]:
    """Fields without the empty ones at the end."""
    kept = list(fields)
    while kept and kept[-1] == '""':
        kept.pop()
    return kept


def _line(*fields: str) -> str:
    return " ".join(fields)


def _objects(objects: Objects) -> str:
    return "{" + " ".join(f"{dimension} {_quoted(number)}" for dimension, number in objects) + "}"


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _amount(ore: int) -> str:
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor}.{rest:02d}"


def _quoted(text: str) -> str:
    plain = "".join(" " if ord(each) < 32 or each == "\x7f" else each for each in text)
    plain = plain.encode(ENCODING, "replace").decode(ENCODING)
    if plain.endswith("\\"):
        plain = plain[:-1] + "/"
    return '"' + plain.replace('\\"', '/"').replace('"', '\\"') + '"'
