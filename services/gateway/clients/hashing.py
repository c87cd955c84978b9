"""Hashing client secrets with Argon2id, off the event loop and a few at a time."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MOST_AT_ONCE = 2
"""Hashes computed at the same time. Each takes memory and a core, so that a flood of token
requests queues here instead of taking the machine down."""


class SecretHasher:
    """Makes and checks Argon2id hashes.

    19 MiB, two passes, one lane: the least that OWASP's password storage guide asks for.
    More would buy little here, since the secrets we draw hold 256 bits, and would weigh on
    the embedded centre.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        # Compared against when a client is unknown, so that the answer takes as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    def turn(self) -> asyncio.Semaphore:
        """A place among those who may hash; hold it around what decides whether to."""
        return self._turns

    async def hash(self, secret: str) -> str:
        """The hash to store for a secret."""
        return await asyncio.to_thread(self._hasher.hash, secret)

    async def matches(self, secret_hash: str | None, secret: str) -> bool:
        """Whether a secret belongs to a hash; as slow for no hash (None) as for a wrong one."""
        matched = await asyncio.to_thread(self._verify, secret_hash or self._nobody, secret)
        return matched and secret_hash is not None

    def _verify(self, secret_hash: str, secret: str) -> bool:
        try:
            return self._hasher.verify(secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False


def draw_secret() -> str:
    """A new client secret: 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)
