"""Identifiers: UUID version 7, so that they sort by the time they were made."""

from __future__ import annotations

import re

import uuid_utils

IDENTIFIER_PATTERN = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def new_id() -> str:
    """A new identifier, 36 characters, later ones sorting after earlier ones."""
    return str(uuid_utils.uuid7())
