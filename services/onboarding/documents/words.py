"""The Swedish words of the documents, as checked data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import model_validator

from services.contracts.values import ForumLevel, MeasureKind, Priority, Value
from services.onboarding.agreements.document import PartyRole
from services.onboarding.data_files import load
from services.onboarding.letter_of_intent.baseline import RoutineStatus, SystemStatus


class SigningWords(Value):
    """What stands under a document, signed or to be signed by hand."""

    mandate: str
    unsigned: str
    blanks: tuple[str, ...]


class Words(Value):
    """The words of ``data/documents/words.yaml``; every key has one."""

    draft_mark: str
    roles: Mapping[PartyRole, str]
    actors: Mapping[str, str]
    system_statuses: Mapping[SystemStatus, str]
    routine_statuses: Mapping[RoutineStatus, str]
    measure_kinds: Mapping[MeasureKind, str]
    priorities: Mapping[Priority, str]
    forum_levels: Mapping[ForumLevel, str]
    service_areas: Mapping[str, str]
    causes: Mapping[str, str]
    signing: SigningWords

    def actor(self, key: str) -> str:
        """Who does something; a name that is no key stands for itself."""
        return self.actors.get(key, key)

    @model_validator(mode="after")
    def _names_everything(self) -> Words:
        named: tuple[tuple[Mapping[Any, str], Any], ...] = (
            (self.roles, PartyRole),
            (self.system_statuses, SystemStatus),
            (self.routine_statuses, RoutineStatus),
            (self.measure_kinds, MeasureKind),
            (self.priorities, Priority),
            (self.forum_levels, ForumLevel),
        )
        for names, kind in named:
            if missing := set(kind) - set(names):
                raise ValueError(f"no word for {', '.join(sorted(missing))}")
        return self


@cache
def words() -> Words:
    """The words in ``data/documents/words.yaml``."""
    return load(Words, "documents", "words.yaml")
