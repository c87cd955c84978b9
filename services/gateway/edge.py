"""What every route and every answer of the door has in common."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class NamedRoute(Route):
    """A route that shows in metrics and logs by its template, as the services' routes do."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the route fits; if so it leaves its name for the chassis to note."""
        match, child = super().matches(scope)
        return match, child if match is Match.NONE else {**child, "route": self}


class SecurityHeadersMiddleware:
    """Tells browsers to take answers for what they are and to keep none of them.

    A route that says something else about caching or content keeps its own words.

    Args:
        https: whether the centre is reached over TLS; then browsers are told to insist.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._defaults = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        if https:
            self._defaults["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request and complete its answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._defaults.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
