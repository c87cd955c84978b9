"""The units that mean something to the rules; every other unit is just counted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MONTH = "month"
"""Unit of fixed monthly fees: twelve a year, whatever is used, so nobody reports it."""

YEAR = "year"
"""Unit of fixed yearly fees: one a year; charged by 1/12 a month as everything is."""

FIXED: Mapping[str, int] = MappingProxyType({MONTH: 12, YEAR: 1})
"""The units of fixed fees, each with how many a year has."""

EMPLOYEE_MONTH = "employee-month"
"""One employee for one month; unless given, twelve times the headcount in a year."""
