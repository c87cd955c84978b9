"""The whole's OpenAPI document: gathered from the services, kept, and renewed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from services.chassis.problems import Problem
from services.gateway.documents.merge import merge
from services.gateway.proxy.upstream import Upstream
from services.gateway.routes import GATEWAY

KEEP_SECONDS = 300.0
"""How long a service's document is taken to be current while the service just answers."""

TRY_AGAIN_SECONDS = 2.0
"""How soon a service that could not be asked is asked again, however many want to know."""

Json = dict[str, Any]


class WholeDocument:
    """Serves one document of everything, as far as the services could be asked.

    A service's document is asked for when there is none, when it is older than
    ``KEEP_SECONDS``, and when the service answers again after it had not (it may have been
    replaced by a newer one). One that cannot be had now is served as it was last; services
    never seen are named in ``x-services-missing``.

    Args:
        upstreams: the services.
        own: gives the gateway's own document.
        public_url: where the centre is reached.
    """

    def __init__(
        self, upstreams: Mapping[str, Upstream], own: Callable[[], Json], public_url: str
    ) -> None:
        self._upstreams = upstreams
        self._own = own
        self._public_url = public_url
        self._documents: dict[str, Json] = {}
        self._fetched: dict[str, tuple[float, int]] = {}
        self._failed: dict[str, tuple[float, int]] = {}
        self._merged: Json | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> Json:
        """The merged document."""
        async with self._lock:
            stale = [name for name in self._upstreams if self._is_stale(name)]
            renewed = await asyncio.gather(*(self._renew(name) for name in stale))
            if self._merged is None or any(renewed):
                self._merged = self._merge()
            return self._merged

    def _is_stale(self, name: str) -> bool:
        recoveries = self._upstreams[name].recoveries
        failed_at, then = self._failed.get(name, (-math.inf, recoveries))
        if then == recoveries and monotonic() - failed_at < TRY_AGAIN_SECONDS:
            return False
        fetched_at, then = self._fetched.get(name, (-math.inf, recoveries))
        return then != recoveries or monotonic() - fetched_at > KEEP_SECONDS

    async def _renew(self, name: str) -> bool:
        """Whether a service's document was renewed; the old one stays if not."""
        upstream = self._upstreams[name]
        document = await self._ask(upstream)
        # Read after asking: the answer itself may have been the recovery.
        noted = (monotonic(), upstream.recoveries)
        if document is None:
            self._failed[name] = noted
            return False
        self._documents[name] = document
        self._fetched[name] = noted
        return True

    @staticmethod
    async def _ask(upstream: Upstream) -> Json | None:
        try:
            request = upstream.client.build_request("GET", "/openapi.json")
            response = await upstream.send(request, repeatable=False)
            document = response.json() if response.is_success else None
        except (Problem, ValueError):
            return None
        return document if isinstance(document, dict) else None

    def _merge(self) -> Json:
        documents = {
            name: self._documents[name] for name in self._upstreams if name in self._documents
        }
        merged = merge({**documents, GATEWAY: self._own()}, public_url=self._public_url)
        missing = [name for name in self._upstreams if name not in self._documents]
        if missing:
            merged["x-services-missing"] = missing
        return merged
