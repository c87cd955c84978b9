"""The centre of ``make run`` with a disturbed broker."""

from __future__ import annotations

from services.centre import __main__ as command
from services.centre.assembly import running_centre
from tests.chaos.disturbances import disturb

if __name__ == "__main__":
    command.main(lambda *args, **options: running_centre(*args, wrap_broker=disturb, **options))
