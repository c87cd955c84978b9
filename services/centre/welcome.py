"""What ``make run`` prints once the centre answers."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from services.centre.data_folder import DataFolder, StoredCredentials

_FIRST_CALLS = {
    "agency": "/v1/invoices",
    "account_manager": "/ops/v1/cases",
    "finance": "/ops/v1/true-ups",
}


def print_welcome(
    console: Console,
    url: str,
    credentials: Mapping[str, StoredCredentials],
    folder: DataFolder,
) -> None:
    """Say what to open, which credentials to use, and one call for each."""

    def say(text: str = "") -> None:
        # Never wrapped: what is copied from the terminal must be whole.
        console.print(text, highlight=False, soft_wrap=True)

    say(f"\nThe service centre is open at [bold]{url}/[/] (Ctrl-C stops it).")
    say(f"API description: {url}/openapi.json · log: {escape(str(folder.log))}\n")
    for role, path in _FIRST_CALLS.items():
        holder = next((c for c in credentials.values() if role in c.roles), None)
        if holder is None:
            continue
        name = escape(holder.name)
        say(f"[bold]{name}[/] ({role}): {holder.client_id} / {holder.client_secret}")
        say(escape(first_call(url, holder, path)))
        say()
    administrator = credentials["administrator"]
    say(f"Administrator: {administrator.client_id} / {administrator.client_secret}")
    say(f"All credentials are kept in {escape(str(folder.path))}/credentials.json.")


def first_call(url: str, holder: StoredCredentials, path: str) -> str:
    """A line to paste into a shell: fetch a token and use it."""
    token = (
        f"curl -s -u '{holder.client_id}:{holder.client_secret}'"
        f" -d grant_type=client_credentials {url}/oauth/token"
        " | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])'"
    )
    return f'  curl -s -H "Authorization: Bearer $({token})" {url}{path}'
