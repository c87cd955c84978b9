"""SIE 4: what is written is read again, and what is not whole is refused with its place."""

from __future__ import annotations

import zlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.sie.lexing import checksum, fields_of
from services.billing.sie.model import (
    Balance,
    BalanceKind,
    Objects,
    SieFile,
    Transaction,
    Voucher,
    disagreements,
)
from services.billing.sie.reading import read
from services.billing.sie.writing import write
from services.chassis.problems import Problem

YEAR = (date(2025, 1, 1), date(2025, 12, 31))

AS_A_SYSTEM_WRITES_IT = """\
#FLAGGA 0
#PROGRAM "Ekonomi för myndigheter" 7.2
#FORMAT PC8
#GEN 20250601 AÖ
#SIETYP 4
#PROSA någonting
#FNAMN "Servicecentrum \\"Öst\\""
#ORGNR 202100-5489
#RAR 0 20250101 20251231
#RAR -1 20240101 20241231
#KONTO 5010 Lokalhyra
#SRU 5010 7513
#DIM 1 Kostnadsställe
#OBJEKT 1 "10" "Löner"
#IB 0 1910 1000.00
#UB 0 1910 -234.50
#RES 0 5010 1234.50
#PSALDO 0 202503 5010 {1 "10"} 1234.50
#PBUDGET 0 202503 5010 {1 "10"} 1500

#VER A 12 20250331 "Hyra mars" 20250402
{
#TRANS 5010 {1 "10" 6 P7} 1200.5 "" "Kv 1" 2.5
#BTRANS 5010 {} 99.00
#RTRANS 5010 {} 34.00
\t#TRANS 5010 {} 34.00 20250401
#TRANS 1910 {} -1234.50
}
"""

_texts = st.text(st.sampled_from('abc ÅÄÖåäöé"{}#\\-1'), max_size=12).filter(
    # Before a quotation mark a backslash cannot be written.
    lambda text: '\\"' not in text and not text.endswith("\\")
)
_ore = st.integers(-(10**13) + 1, 10**13 - 1)
_days = st.integers(0, 364).map(lambda days: YEAR[0] + timedelta(days=days))
_accounts = st.sampled_from(["1910", "5010", "6071", "4"])
_objects: st.SearchStrategy[Objects] = st.lists(
    st.tuples(st.sampled_from(["1", "6", "20"]), _texts), max_size=2
).map(tuple)


@st.composite
def _vouchers(draw: st.DrawFn) -> Voucher:
    amounts = draw(st.lists(_ore, min_size=1, max_size=3))
    rest = -sum(amounts)
    amounts += [rest // 3, rest // 3, rest - 2 * (rest // 3)]
    rows = tuple(
        Transaction(
            draw(_accounts),
            draw(_objects),
            ore,
            draw(st.none() | _days),
            draw(_texts),
            draw(st.none() | st.just(Decimal("2.5"))),
            draw(_texts),
        )
        for ore in amounts
    )
    return Voucher(
        draw(_texts), draw(_texts), draw(_days), draw(_texts), rows, draw(st.none() | _days)
    )


@st.composite
def _balances(draw: st.DrawFn) -> Balance:
    kind = draw(st.sampled_from(BalanceKind))
    return Balance(
        kind,
        draw(st.sampled_from([0, -1])),
        draw(_accounts),
        draw(_ore),
        draw(_objects) if kind.has_objects else (),
        "2025-03" if kind.has_period else None,
    )


@given(_texts, st.lists(_vouchers(), max_size=2), st.lists(_balances(), max_size=3))
@settings(max_examples=40)
def test_what_is_written_is_read_again(
    text: str, vouchers: list[Voucher], balances: list[Balance]
) -> None:
    file = SieFile(
        program="billing",
        program_version="1",
        generated_on=YEAR[1],
        company=text,
        generated_by=text,
        org_number="202100-5489",
        years={0: YEAR},
        accounts={"5010": text},
        dimensions={"1": text},
        objects={("1", text): text},
        balances=tuple(balances),
        vouchers=tuple(vouchers),
    )
    assert read(write(file)) == file


def test_a_file_as_a_system_writes_it_is_read() -> None:
    file = read(AS_A_SYSTEM_WRITES_IT.replace("\n", "\r\n").encode("cp437"))
    assert (file.company, file.accounts, file.objects) == (
        'Servicecentrum "Öst"',
        {"5010": "Lokalhyra"},
        {("1", "10"): "Löner"},
    )
    [voucher] = file.vouchers
    assert [row.amount_ore for row in voucher.rows] == [120_050, 3_400, -123_450]
    first, second, _ = voucher.rows
    assert (first.objects, first.quantity) == ((("1", "10"), ("6", "P7")), Decimal("2.5"))
    assert (second.day, second.row) == (date(2025, 4, 1), 26)
    assert disagreements(file) == ()
    less = AS_A_SYSTEM_WRITES_IT.replace("#RES 0 5010 1234.50", "#RES 0 5010 1235.50")
    [off] = disagreements(read(less.encode("cp437")))
    assert (off.account, off.stated_ore, off.booked_ore, off.row) == ("5010", 123_550, 123_450, 17)


def test_a_file_cut_anywhere_is_refused() -> None:
    whole = write(read(AS_A_SYSTEM_WRITES_IT.encode("cp437")))
    for length in range(len(whole) - len(b"\r\n")):
        with pytest.raises(Problem) as refused:
            read(whole[:length])
        problem = refused.value
        assert problem.type.code in {"file_cut_short", "sie_checksum_wrong", "sie_unreadable"}
        assert {"row", "column"} <= problem.extra.keys()


def test_the_checksum_is_of_labels_and_contents_only() -> None:
    lines = ['#KONTO  1915\t"Kassa \\"x\\""', "{", '#TRANS 7010 {1 "45"} 13.00', "}"]
    expected = zlib.crc32('#KONTO1915Kassa "x"#TRANS701014513.00'.encode("cp437"))
    assert checksum(fields_of(line) for line in lines) == expected


@pytest.mark.parametrize(
    ("old", "new", "code", "row", "column"),
    [
        ("#FLAGGA 0\n", "", "sie_unreadable", 1, 1),
        ("#FORMAT PC8", "#FORMAT UTF8", "sie_unreadable", 3, 9),
        ("#SIETYP 4", "#SIETYP 3", "sie_unreadable", 5, 9),
        ("#GEN 20250601 AÖ\n", "", "sie_unreadable", 1, 1),
        ("#RAR 0 20250101 20251231", "#RAR 0 20251231 20250101", "sie_unreadable", 9, 17),
        ("20250331", "20250231", "sie_unreadable", 21, 11),
        ("1200.5 ", "1200,5 ", "sie_unreadable", 23, 27),
        ("1200.5 ", "1200.6 ", "sie_voucher_unbalanced", 21, 1),
        ('{1 "10" 6 P7}', '{1 "10" 6}', "sie_unreadable", 23, 13),
        ("#TRANS 5010 {1", "#TRANS {1", "sie_unreadable", 23, 8),
        ("\n}\n", "\n#VER A 13 20250331\n", "sie_unreadable", 28, 1),
        ("\n}\n", "\n", "file_cut_short", 28, 1),
        ("\n{\n", "\n", "sie_unreadable", 22, 1),
        ('"Kv 1"', '"Kv 1', "sie_unreadable", 23, 37),
        ("#KONTO 5010", "#KSUMMA 1\n#KONTO 5010", "sie_unreadable", 11, 9),
        ("#KONTO 5010", "#KSUMMA\n#KONTO 5010", "file_cut_short", 30, 1),
        ("202503 5010", "202513 5010", "sie_unreadable", 18, 11),
        ("#PROSA någonting", "något annat", "sie_unreadable", 6, 1),
    ],
)
def test_refusals_name_row_and_column(old: str, new: str, code: str, row: int, column: int) -> None:
    text = AS_A_SYSTEM_WRITES_IT.replace(old, new, 1)
    assert text != AS_A_SYSTEM_WRITES_IT
    with pytest.raises(Problem) as refused:
        read(text.encode("cp437"))
    problem = refused.value
    assert (problem.type.code, problem.extra["row"], problem.extra["column"]) == (code, row, column)


def test_a_changed_file_does_not_meet_its_checksum() -> None:
    whole = write(read(AS_A_SYSTEM_WRITES_IT.encode("cp437")))
    with pytest.raises(Problem) as refused:
        read(whole.replace(b'"Hyra mars"', b'"Hyra juni"'))
    assert refused.value.type.code == "sie_checksum_wrong"


@pytest.mark.parametrize("encoding", ["cp437", "utf-8", "utf-8-sig", "cp1252"])
def test_the_letters_tell_the_character_set(encoding: str) -> None:
    text = AS_A_SYSTEM_WRITES_IT.replace('{1 "10"', '{1 "ÖST"').replace("AÖ", "anna")
    content = text.encode(encoding)
    whole = b"#KSUMMA\r\n" + content[content.index(b"#PROGRAM") :]
    summed = zlib.crc32(
        "".join(
            "".join(field.text + "".join(sum(field.objects or (), ())) for field in fields_of(line))
            for line in text.splitlines()[1:]
            if line not in "{}"
        ).encode("utf-8" if encoding == "utf-8-sig" else encoding)
    )
    head = content[: content.index(b"#PROGRAM")]
    file = read(head + whole + b"#KSUMMA %d\r\n" % summed)
    assert file.program == "Ekonomi för myndigheter"
    assert file.vouchers[0].rows[0].objects == (("1", "ÖST"), ("6", "P7"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r"),
        ("\n", "\r\r\n"),
        (" 34.00 20250401\n", " +34.0000 20250401\n\n \t\n"),
        (" 34.00 20250401", " 34. 20250401"),
        ("#PROSA någonting", '#PROSA "ett "citat" och en {'),
        ("#DIM 1 Kostnadsställe", "#DIM 1\n#UNDERDIM 21 Enhet 1"),
        ("#FORMAT PC8", "#FORMAT pc8"),
        ("#ORGNR 202100-5489", "#ORGNR"),
        ("#IB 0 1910 1000.00", "#IB 0 1910 1000"),
        ("#UB 0 1910 -234.50", "#UB 0 1910 -234.5"),
        ('"Hyra mars"', '"Hyra {mars} } {"'),
    ],
)
def test_other_systems_write_the_same_otherwise(old: str, new: str) -> None:
    text = AS_A_SYSTEM_WRITES_IT.replace(old, new)
    assert text != AS_A_SYSTEM_WRITES_IT
    file = read(text.encode("cp437") + b"\x1a\r\n")
    assert [row.amount_ore for row in file.vouchers[0].rows] == [120_050, 3_400, -123_450]
    assert disagreements(file) == ()
