"""The base of onboarding's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from services.chassis.tables import metadata_with_chassis_tables


class Base(DeclarativeBase):
    """Base of onboarding's tables; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()
