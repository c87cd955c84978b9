"""Cutting a file into pieces at line breaks, the same whatever parts it arrives in.

Pure. That the same file always gives the same pieces is what lets it be known again when it is
sent anew.
"""

from __future__ import annotations

from collections.abc import Iterator

PIECE_BYTES = 1024 * 1024


class LineTooLongError(ValueError):
    """A line has no end; the file is none of rows."""


class Pieces:
    """Pieces of whole lines, of ``size`` bytes at most."""

    def __init__(self, size: int = PIECE_BYTES) -> None:
        self._size = size
        self._waiting = bytearray()

    def add(self, part: bytes) -> Iterator[bytes]:
        """Take the next part of the file; gives the pieces that are whole by now.

        Raises:
            LineTooLongError: a line is longer than a piece.
        """
        self._waiting += part
        while len(self._waiting) >= self._size:
            end = self._waiting.rfind(b"\n", 0, self._size) + 1
            if end == 0:
                raise LineTooLongError
            yield bytes(memoryview(self._waiting)[:end])
            del self._waiting[:end]

    def rest(self) -> bytes:
        """What is left at the file's end: its last piece; empty when there is none."""
        return bytes(self._waiting)
