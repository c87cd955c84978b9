"""Peer groups: by headcount or by name, and which customer belongs to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from services.billing.comparisons.key_figures import size_classes
from services.billing.comparisons.problems import PEER_GROUPS_INVALID
from services.chassis.problems import Problem
from services.chassis.schemas import Count, RequestModel, Text
from services.contracts.values import OrgNumber, Slug

MOST_GROUPS = 50
MOST_CUSTOMERS = 1000


class SizeClassIn(RequestModel):
    """The customers from so many employees up to the next class."""

    key: Slug
    name: Text
    name_sv: Text
    at_least: Count


class NamedGroupIn(RequestModel):
    """A group by its members."""

    key: Slug
    name: Text
    name_sv: Text
    members: Annotated[tuple[OrgNumber, ...], Field(min_length=1, max_length=MOST_CUSTOMERS)]


class ByHeadcount(RequestModel):
    """Classes by headcount, in rising order; without any, the centre's own."""

    kind: Literal["by_headcount"]
    classes: Annotated[tuple[SizeClassIn, ...], Field(max_length=MOST_GROUPS)] = ()


class Named(RequestModel):
    """Groups by their members; a customer is in one at the most."""

    kind: Literal["named"]
    groups: Annotated[tuple[NamedGroupIn, ...], Field(min_length=1, max_length=MOST_GROUPS)]


PeerGroups = Annotated[ByHeadcount | Named, Field(discriminator="kind")]


def kept(groups: ByHeadcount | Named) -> list[dict[str, object]]:
    """Peer groups as a comparison keeps them; the classes of headcount with their bounds.

    Raises:
        Problem: ``peer_groups_invalid``.
    """
    if isinstance(groups, ByHeadcount) and not groups.classes:
        found = [each.model_dump() for each in size_classes()]
    elif isinstance(groups, ByHeadcount):
        found = [each.model_dump() for each in groups.classes]
        bounds = [each.at_least for each in groups.classes]
        if any(one >= other for one, other in pairwise(bounds)):
            raise _invalid("The bounds of the classes do not rise. Write the smallest class first.")
    else:
        found = [each.model_dump(mode="json") for each in groups.groups]
        members = Counter(member for each in groups.groups for member in each.members)
        twice = sorted(member for member, times in members.items() if times > 1)
        if twice:
            raise _invalid(f"{', '.join(twice)} would be in two groups.", customers=twice)
    keys = [str(each["key"]) for each in found]
    if len(set(keys)) < len(keys):
        raise _invalid("Two groups have the same key.")
    return found


def require_members(groups: ByHeadcount | Named, customers: Collection[str]) -> None:
    """Refuse named groups with members that are not compared.

    Raises:
        Problem: ``peer_groups_invalid``.
    """
    if isinstance(groups, Named):
        members = {member for each in groups.groups for member in each.members}
        if foreign := sorted(members.difference(customers)):
            raise _invalid(f"{', '.join(foreign)} are not compared.", customers=foreign)


def group_of(groups: list[dict[str, object]], org_number: str, headcount: int) -> str | None:
    """The key of the group that a customer is in; None when it is in none."""
    found: str | None = None
    for each in groups:
        if _holds(each, org_number, headcount):
            found = str(each["key"])
    return found


def _holds(group: Mapping[str, object], org_number: str, headcount: int) -> bool:
    members, at_least = group.get("members"), group.get("at_least")
    if isinstance(members, list | tuple):
        return org_number in members
    return isinstance(at_least, int) and headcount >= at_least


def _invalid(why: str, customers: Sequence[str] = ()) -> Problem:
    return Problem(PEER_GROUPS_INVALID, f"Nothing was opened. {why}", customers=list(customers))
