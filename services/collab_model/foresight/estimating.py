"""``python -m services.collab_model.foresight.estimating``: survival curves of what comes in.

SciPy estimates them in a process of its own, which ends when it is done: the hundred megabytes
that it takes never burden the centre. Counts come as JSON on standard input, the curves go to
standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from pydantic import TypeAdapter
from scipy.stats import CensoredData, ecdf

from services.collab_model.foresight.survival import WHOLE, Counted, Curve

STEP = WHOLE // 1000
"""A curve is kept in steps of at least a thousandth, which is finer than it is known."""

ASKED = TypeAdapter(list[list[Counted]])
ANSWERED = TypeAdapter(list[Curve])


def kaplan_meier(lives: Sequence[Counted]) -> Curve:
    """The product-limit estimate (Kaplan and Meier 1958) of lives counted by length.

    A life that was not seen to end counts as open until after those that ended at its length.

    Args:
        lives: shortest first; one of them ended at least.
    """
    minutes, ended, censored = (np.array(column, np.int64) for column in zip(*lives, strict=True))
    sample = CensoredData(uncensored=np.repeat(minutes, ended), right=np.repeat(minutes, censored))
    shares = np.rint(ecdf(sample).sf.probabilities * WHOLE).astype(np.int64)
    counts = ended + censored
    at_risk = counts[::-1].cumsum()[::-1]
    kept, last = [], WHOLE
    for step, share in enumerate(shares.tolist()):
        if last - share >= STEP or step == len(shares) - 1:
            kept.append(step)
            last = share
    return Curve(
        minutes=tuple(minutes[kept].tolist()),
        survival=tuple(shares[kept].tolist()),
        at_risk=tuple(at_risk[kept].tolist()),
        total=int(counts.sum()),
        ended=int(ended.sum()),
    )


if __name__ == "__main__":
    asked = ASKED.validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(ANSWERED.dump_json([kaplan_meier(each) for each in asked]))
