"""Cost sharing as data: whose share of which cost, by which key, and how to recompute it."""
