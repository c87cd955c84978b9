"""The page at the root: what this is, and how to make the first call."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.gateway.edge import NamedRoute

_PAGE = Path(__file__).parent / "data" / "landing.html"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def landing_route(*, public_url: str, token_minutes: int) -> NamedRoute:
    """The route of the page; it is made once, at start."""
    page = render(
        _PAGE.read_text("utf-8"),
        {"public_url": public_url, "token_minutes": str(token_minutes)},
    )
    headers = {
        "Content-Security-Policy": content_security_policy(page),
        "Cache-Control": "no-cache",
        "Content-Language": "sv, en",
    }

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=headers)

    return NamedRoute("/", show, methods=["GET"])


def render(template: str, values: Mapping[str, str]) -> str:
    """A page with its ``{{name}}`` places filled, each value escaped.

    Raises:
        KeyError: a place has no value.
    """
    return re.sub(r"\{\{(\w+)\}\}", lambda place: html.escape(values[place[1]]), template)


def content_security_policy(page: str) -> str:
    """A policy that allows the page's own style sheet and nothing else.

    No script, no frame, no form, nothing from elsewhere.
    """
    styles = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        for style in _STYLE.findall(page)
    )
    return (
        f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
