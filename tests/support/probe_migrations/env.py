from services.chassis.migrations import run_environment
from tests.support.probe import Base

run_environment(Base.metadata)
