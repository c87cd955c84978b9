"""Optimistic versions over HTTP: ``ETag`` out, ``If-Match`` in (RFC 9110 section 13.1.1).

An entity tag here is a version number in quotes, ``"7"``. A command that names the version
its sender has seen is refused when somebody else was first, and shows how things stand now.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from services.chassis.problems import PRECONDITION_FAILED, VALIDATION_FAILED, Problem
from services.chassis.unit_of_work import UnitOfWork

HEADER = "If-Match"
_TAG = re.compile(r'"([0-9]{1,9})"')


def etag(version: int) -> str:
    """The entity tag of a version, as the ``ETag`` header carries it."""
    return f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version that ``If-Match`` names; None without one, and for ``*``.

    Raises:
        Problem: ``validation_failed``, when it is no entity tag of ours.
    """
    value = request.headers.get(HEADER)
    if value is None or value.strip() == "*":
        return None
    match = _TAG.fullmatch(value.strip())
    if match is None:
        raise Problem(
            VALIDATION_FAILED,
            f'{HEADER} must be one ETag as an answer showed it, such as "7", or *.',
        )
    return int(match.group(1))


def require_version(uow: UnitOfWork, current: int, what: str, state: Any = None) -> None:
    """Refuse a command whose sender has seen another version.

    Args:
        uow: the command's unit of work.
        current: the version the thing has now.
        what: what it is, as the refusal names it.
        state: how it stands now, ready for JSON; the refusal shows it.

    Raises:
        Problem: ``precondition_failed``, with the present ``ETag``.
    """
    if uow.expected_version in {None, current}:
        return
    raise Problem(
        PRECONDITION_FAILED,
        f"Somebody has changed the {what} since you read it, so yours was not applied."
        " The answer shows how it stands now; decide anew.",
        headers={"ETag": etag(current)},
        current_version=current,
        current=state,
    )


async def _if_match_header(
    if_match: Annotated[
        str,
        Header(
            alias=HEADER,
            pattern=r'^(\*|"[0-9]{1,9}")$',
            description="The ETag you have seen: refused with 412 when it is no longer so.",
        ),
    ] = "*",
) -> None:
    """Puts the header into the OpenAPI document; the unit of work carries its value."""


HONOURS_IF_MATCH = Depends(_if_match_header)
"""Among the dependencies of an operation that calls ``require_version``."""
