"""Who may sign: the head of a party by office, others by a registered delegation.

Agreements are signed by the directors-general of both (DOMAIN.md section 4); a head may
delegate, in writing, up to an amount and for a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from services.onboarding.agencies.domain import Head
from services.onboarding.agreements.standard import HeadTitles


@dataclass(frozen=True)
class Delegation:
    """The right to sign agreements for a party.

    Attributes:
        party: ``centre``, or the organisation number of the agency.
        name: whose right it is; ``title`` is what that person is.
        delegated_by: the head who gave it, with ``delegated_by_title``.
        document: where it is written, such as a paragraph of the rules of procedure.
        max_yearly_fee_ore: the yearly fee up to which it holds; None is any.
        valid_from: its first day; ``valid_until`` its last, None until it is revoked.
        revoked_on: the day from which it no longer holds.
    """

    id: str
    party: str
    name: str
    title: str
    delegated_by: str
    delegated_by_title: str
    document: str
    max_yearly_fee_ore: int | None
    valid_from: date
    valid_until: date | None
    registered_at: datetime
    revoked_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the delegation is in force on a day."""
        begun = self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        revoked = self.revoked_on is not None and self.revoked_on <= day
        return begun and not ended and not revoked

    def covers(self, yearly_fee_ore: int) -> bool:
        """Whether an agreement of this yearly fee lies within it."""
        return self.max_yearly_fee_ore is None or yearly_fee_ore <= self.max_yearly_fee_ore


class DelegationMissingError(Exception):
    """The signatory heads no authority and has no delegation registered."""


class DelegationNotInForceError(Exception):
    """The signatory's delegations hold on another day, or are revoked."""


class DelegationExceededError(Exception):
    """The agreement costs more a year than the delegation allows; ``limit_ore`` is how much."""

    def __init__(self, limit_ore: int) -> None:
        super().__init__(f"the delegation holds up to {limit_ore} öre a year")
        self.limit_ore = limit_ore


def signs_by_office(name: str, title: str, heads: HeadTitles, registered: Head | None) -> bool:
    """Whether somebody signs for a party as its head.

    Agreements are signed by the directors-general of both (DOMAIN.md section 4), not by
    whoever bears a director-general's title: where the register says who heads the agency,
    it is that person. Where it does not, the title has to do. Letter case and spacing do not
    count.

    Args:
        name: who signs; ``title`` is what that person signs as.
        heads: the titles of heads.
        registered: the party's head by the register; None when it does not say.
    """
    titles = {_plain(known) for known in heads.titles}
    if registered is None:
        return _plain(title) in titles
    return _plain(name) == _plain(registered.name) and _plain(title) in {
        *titles,
        _plain(registered.title),
    }


def delegation_for(
    delegations: Iterable[Delegation], name: str, title: str, day: date, yearly_fee_ore: int
) -> Delegation:
    """The delegation by which somebody signs an agreement of a yearly fee on a day.

    Raises:
        DelegationMissingError: none is registered for that name and title.
        DelegationNotInForceError: none of them holds on the day.
        DelegationExceededError: none of them reaches the fee.
    """
    own = [
        delegation
        for delegation in delegations
        if (_plain(delegation.name), _plain(delegation.title)) == (_plain(name), _plain(title))
    ]
    if not own:
        raise DelegationMissingError
    holding = [delegation for delegation in own if delegation.holds_on(day)]
    if not holding:
        raise DelegationNotInForceError
    covering = [delegation for delegation in holding if delegation.covers(yearly_fee_ore)]
    if not covering:
        raise DelegationExceededError(max(entry.max_yearly_fee_ore or 0 for entry in holding))
    return min(covering, key=lambda delegation: delegation.id)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
