"""Alembic's environment for the gateway's database."""

from services.chassis.migrations import run_environment
from services.gateway.tables import Base

run_environment(Base.metadata)
