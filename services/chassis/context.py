"""What a chain of work carries along: correlation, causation and trace context."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass

from services.chassis.ids import new_id

CORRELATION_PATTERN = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(frozen=True)
class WorkContext:
    """Which chain of work the current task belongs to.

    ``correlation_id`` names the request that began it, ``causation_id`` the request,
    event or timer directly behind it.
    """

    correlation_id: str
    causation_id: str

    @classmethod
    def begin(cls, correlation_id: str | None = None) -> WorkContext:
        """A new chain; a caller's own correlation id is kept when it is well-formed."""
        if correlation_id is None or not CORRELATION_PATTERN.fullmatch(correlation_id):
            correlation_id = new_id()
        return cls(correlation_id=correlation_id, causation_id=correlation_id)


_current: ContextVar[WorkContext | None] = ContextVar("ssc_work_context", default=None)


def current_context() -> WorkContext:
    """The chain the current task belongs to; a new one when it belongs to none."""
    context = _current.get()
    if context is None:
        context = WorkContext.begin()
        _current.set(context)
    return context


def enter_context(context: WorkContext) -> None:
    """Let the current task belong to a chain from here on."""
    _current.set(context)
