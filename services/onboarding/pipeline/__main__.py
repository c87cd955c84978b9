"""``python -m services.onboarding.pipeline``: plan what comes in, in a process of its own.

The solver's memory and its minute of work stay out of the service, and a solver that dies
takes nothing with it. Inputs come as JSON on standard input, the answer goes to standard
output.
"""

from __future__ import annotations

import sys

from services.onboarding.pipeline.model import PlannerInputs
from services.onboarding.pipeline.planning import plan

if __name__ == "__main__":
    asked = PlannerInputs.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(plan(asked).model_dump_json().encode())
