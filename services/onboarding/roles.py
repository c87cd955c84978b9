"""Who may do what in onboarding, as dependencies of its routes.

Finance reads everything and changes nothing here.
"""

from __future__ import annotations

from fastapi import Depends

from services.chassis.app import requires
from services.chassis.identity import Role

REGISTERS_AGENCIES = Depends(requires(Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR))
LEADS_CASES = Depends(requires(Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER, Role.ADMINISTRATOR))
WORKS_ON_CASES = Depends(
    requires(Role.AGENCY, Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER, Role.ADMINISTRATOR)
)
