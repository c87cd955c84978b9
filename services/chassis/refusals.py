"""One clear sentence when a service cannot start, instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from services.chassis.broker import BrokerUnavailable
from services.chassis.config import SettingUnreadable, describe_settings
from services.chassis.database import no_answer
from services.chassis.identity import UnusableVerifyKeys
from services.chassis.migrations import SchemaTooNew, SchemaTooOld


@contextmanager
def told_in_a_sentence(service: str) -> Iterator[None]:
    """Leave the process with what keeps a service from starting and what to do about it."""
    try:
        yield
    except ValidationError as error:
        sys.exit(f"{service} cannot start: {describe_settings(error)} (see README, Settings).")
    except (SettingUnreadable, UnusableVerifyKeys) as error:
        sys.exit(f"{service} cannot start: {error}.")
    except OperationalError as error:
        sys.exit(no_answer(service, error))
    except SchemaTooOld as error:
        sys.exit(f"{service} cannot start: {error}. Run `python -m services.{service} migrate`.")
    except SchemaTooNew as error:
        sys.exit(
            f"{service} cannot start: {error}. Start the release that migrated it, or restore"
            " a backup taken before."
        )
    except BrokerUnavailable as error:
        sys.exit(f"RabbitMQ does not answer: {error}. Look at SSC_BROKER_URL and the broker.")
