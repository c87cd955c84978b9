from services.billing.tables import Base
from services.chassis.migrations import run_environment

run_environment(Base.metadata)
