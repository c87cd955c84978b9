"""Fee items in bands of a year's volume, where an amendment expects another volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.contracts.bands import parts
from services.contracts.values import Banding


def spread(items: Sequence[dict[str, Any]], key: str, yearly_quantity: int) -> bool:
    """Share a year's volume of an item of the tariff out among the fee items of its bands.

    Args:
        items: the fee items of a service as plain data, which are changed.
        key: the tariff's item.
        yearly_quantity: what is expected of it in all.

    Returns:
        Whether the item is in bands; if not, nothing is changed.
    """
    own = [item for item in items if (item.get("band") or {}).get("item") == key]
    if not own:
        return False
    own.sort(key=lambda item: int(item["band"]["above"]))
    limits = [int(item["band"]["above"]) for item in own[1:]]
    shared = parts(Banding(own[0]["band"]["banding"]), limits, yearly_quantity)
    for item, part in zip(own, shared, strict=True):
        item["yearly_quantity"] = int(part)
    return True
