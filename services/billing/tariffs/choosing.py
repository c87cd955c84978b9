"""Which version of which tariff a fee is reckoned by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.billing.tariffs.indicating import IndicationRefusedError
from services.billing.tariffs.versions import TariffVersion, in_force, of_tariff


def tariff_for(
    versions: Sequence[TariffVersion], key: str | None, day: date, known_at: datetime
) -> TariffVersion:
    """The version of the tariff asked for; without a key, of the one in force.

    Args:
        versions: of all tariffs.
        key: the tariff asked for; it need not be in force.
        day: the day that is asked about.
        known_at: only what was known at this instant counts.

    Raises:
        IndicationRefusedError: ``unknown-tariff``, ``tariff-withdrawn`` or
            ``no-tariff-in-force``.
    """
    if key is None:
        found = in_force(versions, day, known_at)
        if found is None:
            raise IndicationRefusedError(
                "no-tariff-in-force",
                f"No tariff is in force on {day}; name one in the request.",
                f"Ingen avgiftslista gäller {day}. Ange en när du begär indikationen.",
            )
        return found
    found = of_tariff(versions, key, day, known_at)
    if found is not None:
        return found
    withdrawn = [each for each in versions if each.tariff.key == key and each.withdrawn]
    standing = sorted({each.tariff.key for each in versions if each.stands_at(known_at)})
    known = ", ".join(standing)
    if any(each.published is not None for each in withdrawn):
        raise IndicationRefusedError(
            "tariff-withdrawn",
            f"Tariff {key} is withdrawn: {withdrawn[-1].reason} What was quoted or signed by it"
            f" stands; ask for a new fee by another. The tariffs are {known}.",
            f"Avgiftslistan {key} är återkallad. Det som har offererats eller avtalats enligt den"
            f" gäller. Begär en ny avgift enligt en annan lista. De som finns är {known}.",
        )
    raise IndicationRefusedError(
        "unknown-tariff",
        f"There is no tariff {key}; the tariffs are {known}.",
        f"Det finns ingen avgiftslista {key}. De som finns är {known}.",
    )
