"""The words that an agency's entry uses, from ``data/agencies/vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pydantic import Field

from services.contracts.values import Slug, Value
from services.onboarding.data_files import load


class Word(Value):
    """A word with its key, in English and in Swedish."""

    key: Slug
    name: str
    name_sv: str


class Vocabulary(Value):
    """The forms of employment and the roles of contacts there are."""

    employment_forms: tuple[Word, ...] = Field(min_length=1)
    contact_roles: tuple[Word, ...] = Field(min_length=1)

    def unknown_forms(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that name no form of employment."""
        known = {word.key for word in self.employment_forms}
        return sorted(set(keys) - known)

    def unknown_roles(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that name no role of a contact."""
        known = {word.key for word in self.contact_roles}
        return sorted(set(keys) - known)


@cache
def vocabulary() -> Vocabulary:
    """The words in use; read once, at the start."""
    return load(Vocabulary, "agencies", "vocabulary.yaml")
