"""What billing's tables have in common. Amounts are whole öre, months text as ``2026-03``."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase

from services.chassis.tables import metadata_with_chassis_tables

ID = String(36)
FOREIGN_ID = String(80)
"""An identifier that another service gave."""
ORG_NUMBER = String(11)
SLUG = String(80)
PERIOD = String(7)
RANK = String(120)
"""Where an event stands among those of its aggregate (``Envelope.rank``)."""


class Base(DeclarativeBase):
    """Base of billing's tables; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()
