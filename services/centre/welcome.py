"""What ``make run`` prints once the centre answers."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

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
    console.print(f"\nThe service centre is open at [bold]{url}/[/] (Ctrl-C stops it).")
    console.print(f"API description: {url}/openapi.json · log: {folder.log}\n", highlight=False)
    for role, path in _FIRST_CALLS.items():
        holder = next((c for c in credentials.values() if role in c.roles), None)
        if holder is None:
            continue
        console.print(
            f"[bold]{holder.name}[/] ({role}): {holder.client_id} / {holder.client_secret}",
            highlight=False,
        )
        console.print(first_call(url, holder, path), highlight=False, soft_wrap=True)
        console.print()
    administrator = credentials["administrator"]
    console.print(
        f"Administrator: {administrator.client_id} / {administrator.client_secret}",
        highlight=False,
    )
    console.print(f"All credentials are kept in {folder.path}/credentials.json.", highlight=False)


def first_call(url: str, holder: StoredCredentials, path: str) -> str:
    """A line to paste into a shell: fetch a token and use it."""
    token = (
        f"curl -s -u '{holder.client_id}:{holder.client_secret}'"
        f" -d grant_type=client_credentials {url}/oauth/token"
        " | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])'"
    )
    return f'  curl -s -H "Authorization: Bearer $({token})" {url}{path}'
