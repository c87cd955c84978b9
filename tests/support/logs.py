"""Logging is the process's own: who configures it in a test puts it back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


def log_plainly() -> None:
    """Print warnings and errors, with a plain traceback.

    What structlog does by itself is for a person at a terminal: it says each request, and
    lays out the variables of each frame of a failure for seconds.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


@contextmanager
def logging_restored() -> Iterator[None]:
    """Whatever is configured within is forgotten afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers.copy(), root.level
    try:
        yield
    finally:
        log_plainly()
        root.handlers[:] = handlers
        root.setLevel(level)
