"""The gateway's own table, beside those of the chassis."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database import JSONDocument, UTCDateTime
from services.chassis.tables import metadata_with_chassis_tables


class Base(DeclarativeBase):
    """Base of the gateway's tables; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()


class ClientRow(Base):
    """A client, and the hash of its secret; the secret itself is stored nowhere."""

    __tablename__ = "clients"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSONDocument)
    org_number: Mapped[str | None] = mapped_column(String(11))
    secret_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
