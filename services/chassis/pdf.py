"""Documents as PDF: a Typst template and data in, archivable and accessible bytes out.

The bytes are PDF/A-2a (ISO 19005-2, level A: tagged, with language and fonts embedded) and
PDF/UA-1 (ISO 14289-1). The same template, data and instant give the same bytes on every
machine: only the fonts that Typst carries are used, and the time is given, not read.

Data reaches a template as values, never as Typst source. A template reads them with
``json(bytes(sys.inputs.data))`` and places strings as they are, so what somebody has typed
into a field is text and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

MEDIA_TYPE = "application/pdf"
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]

SHOWN = (
    range(0x20, 0x7F),
    range(0xA0, 0x500),
    range(0x1E00, 0x1F00),
    range(0x2010, 0x2028),
    range(0x2030, 0x203F),
    range(0x2070, 0x20C0),
    range(0x2190, 0x2300),
    range(0x2500, 0x2600),
)
"""Code points that the carried fonts show in every style; PDF/A forbids a missing glyph."""

_WHITE_SPACE = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})
_SOFT_HYPHEN = "\u00ad"


class PdfError(Exception):
    """A template and its data do not make a document; a fault of ours, not of the data."""


async def make_pdf(template: Path, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Set a document, in a thread of its own.

    Args:
        template: the Typst file; it may import files of its own folder and no others.
        data: JSON-ready values; strings come out as they are (see ``printable``).
        made_at: the instant that the document's metadata names.

    Raises:
        PdfError: the template does not compile with the data.
    """
    return await asyncio.to_thread(set_document, template, data, made_at)


def set_document(template: Path, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """``make_pdf`` for callers outside of an event loop."""
    import typst  # it takes memory that most services never need

    try:
        return typst.compile(
            str(template),
            root=str(template.parent),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(_printable(data), ensure_ascii=False)},
            pdf_standards=list(STANDARDS),
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise PdfError(f"{template.name}: {error}") from error


def printable(text: str) -> str:
    """A text as a document can show it, without losing anything.

    It is composed (NFC). A sign that the fonts lack, or that nobody would see - direction
    marks can make a text read otherwise than it is - appears as its code point, such as
    ``[U+202E]``.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_WHITE_SPACE))
    return "".join(sign if _is_shown(sign) else f"[U+{ord(sign):04X}]" for sign in composed)


def _is_shown(sign: str) -> bool:
    if sign in {"\n", _SOFT_HYPHEN}:
        return True
    if unicodedata.category(sign).startswith("C"):
        return False
    return any(ord(sign) in block for block in SHOWN)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_printable(item) for item in value]
    return value
