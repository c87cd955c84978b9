"""Keys as they may be written: composed up to three deep, so that people can follow them.

The classes say no more than those of ``key_language``, only how deep the keys inside may go; so
the API's document is finite, and what fits it fits the rules.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.billing.cost_sharing.key_language import (
    MOST,
    Among,
    ByDriver,
    ByGroup,
    Equal,
    FixedSums,
    FormerBudget,
    Limited,
    Mix,
    OnlyThoseWhoOrdered,
    Part,
    Portions,
    WithinGroup,
)

PlainKey = Annotated[Equal | Portions | ByDriver, Field(discriminator="kind")]
"""A key without keys in it."""


class FixedSumsOfPlainKeys(FixedSums):
    """Fixed sums a year for some, and what remains by a key among the others: plain keys inside."""

    rest: PlainKey | None = None


class WithinGroupOfPlainKeys(WithinGroup):
    """The key inside one group: plain keys inside."""

    by: PlainKey


class ByGroupOfPlainKeys(ByGroup):
    """First between groups, then within each of them: plain keys inside."""

    between: PlainKey
    within: PlainKey
    exceptions: Annotated[tuple[WithinGroupOfPlainKeys, ...], Field(max_length=MOST)] = ()


class FormerBudgetOfPlainKeys(FormerBudget):
    """By former budgets, passing over to another key in stages: plain keys inside."""

    then: PlainKey


class AmongOfPlainKeys(Among):
    """A key for some only: plain keys inside."""

    by: PlainKey


class OnlyThoseWhoOrderedOfPlainKeys(OnlyThoseWhoOrdered):
    """A key for those only who ordered the cost item: plain keys inside."""

    by: PlainKey


class PartOfPlainKeys(Part):
    """A portion of the cost with a key of its own: plain keys inside."""

    by: PlainKey


class MixOfPlainKeys(Mix):
    """Portions of the cost by different keys: plain keys inside."""

    parts: Annotated[tuple[PartOfPlainKeys, ...], Field(min_length=1, max_length=20)]


class LimitedOfPlainKeys(Limited):
    """A key with floors and caps: plain keys inside."""

    by: PlainKey


KeyOfPlainKeys = Annotated[
    Equal
    | Portions
    | ByDriver
    | FixedSumsOfPlainKeys
    | ByGroupOfPlainKeys
    | FormerBudgetOfPlainKeys
    | AmongOfPlainKeys
    | OnlyThoseWhoOrderedOfPlainKeys
    | MixOfPlainKeys
    | LimitedOfPlainKeys,
    Field(discriminator="kind"),
]
"""A key whose keys have no keys in them."""


class FixedSumsOfKeys(FixedSums):
    """Fixed sums a year for some, and what remains by a key among the others: keys inside."""

    rest: KeyOfPlainKeys | None = None


class WithinGroupOfKeys(WithinGroup):
    """The key inside one group: keys inside."""

    by: KeyOfPlainKeys


class ByGroupOfKeys(ByGroup):
    """First between groups, then within each of them: keys inside."""

    between: KeyOfPlainKeys
    within: KeyOfPlainKeys
    exceptions: Annotated[tuple[WithinGroupOfKeys, ...], Field(max_length=MOST)] = ()


class FormerBudgetOfKeys(FormerBudget):
    """By former budgets, passing over to another key in stages: keys inside."""

    then: KeyOfPlainKeys


class AmongOfKeys(Among):
    """A key for some only: keys inside."""

    by: KeyOfPlainKeys


class OnlyThoseWhoOrderedOfKeys(OnlyThoseWhoOrdered):
    """A key for those only who ordered the cost item: keys inside."""

    by: KeyOfPlainKeys


class PartOfKeys(Part):
    """A portion of the cost with a key of its own: keys inside."""

    by: KeyOfPlainKeys


class MixOfKeys(Mix):
    """Portions of the cost by different keys: keys inside."""

    parts: Annotated[tuple[PartOfKeys, ...], Field(min_length=1, max_length=20)]


class LimitedOfKeys(Limited):
    """A key with floors and caps: keys inside."""

    by: KeyOfPlainKeys


WrittenKey = Annotated[
    Equal
    | Portions
    | ByDriver
    | FixedSumsOfKeys
    | ByGroupOfKeys
    | FormerBudgetOfKeys
    | AmongOfKeys
    | OnlyThoseWhoOrderedOfKeys
    | MixOfKeys
    | LimitedOfKeys,
    Field(discriminator="kind"),
]
"""A key as it may be written: its keys may have plain keys in them."""
