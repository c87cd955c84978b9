"""The units that mean something to the rules; every other unit is just counted."""

from __future__ import annotations

MONTH = "month"
"""Unit of fixed fees: twelve a year, whatever is used, so nobody reports it."""

EMPLOYEE_MONTH = "employee-month"
"""One employee for one month; unless given, twelve times the headcount in a year."""
