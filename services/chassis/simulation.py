"""Simulated time: where a fresh simulated clock begins."""

from __future__ import annotations

from datetime import UTC, datetime

SIMULATION_BEGINS = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any flow: a replay moves the clock forward to its own first day."""
