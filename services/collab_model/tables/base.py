"""What collab_model's tables have in common."""

from __future__ import annotations

from sqlalchemy import Numeric, String
from sqlalchemy.orm import DeclarativeBase

from services.chassis.tables import metadata_with_chassis_tables

Percent = Numeric(20, 6)
RANK = String(120)
"""Where an event stands among those about one thing (``Envelope.rank``)."""


class Base(DeclarativeBase):
    """Declarative base of collab_model; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()
