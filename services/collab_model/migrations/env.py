"""Alembic's way into collab_model's migrations."""

from services.chassis.migrations import run_environment
from services.collab_model.tables import Base

run_environment(Base.metadata)
