from services.chassis.migrations import run_environment
from services.onboarding.tables import Base

run_environment(Base.metadata)
