"""Agreements in operation: what can and cannot be true of one (DOMAIN.md section 4)."""

from __future__ import annotations

from datetime import date


class ContradictingFact(ValueError):
    """An event denies what an earlier one established; somebody has to look at it."""


def is_repeat_signature(known_hash: str, signed_hash: str) -> bool:
    """Whether a signed text is the one already in operation.

    Raises:
        ContradictingFact: it is another text. Replacing the text of a running agreement
            would move the targets of clocks that are ticking; a revision needs rules of
            its own for that.
    """
    if known_hash != signed_hash:
        raise ContradictingFact("the agreement is already in operation with another text")
    return True


def is_repeat_go_live(known: date | None, live_on: date) -> bool:
    """Whether a go-live is already known.

    Raises:
        ContradictingFact: the service is known to have gone live on another day.
    """
    if known is None:
        return False
    if known != live_on:
        raise ContradictingFact(f"the service went live on {known}, not on {live_on}")
    return True
