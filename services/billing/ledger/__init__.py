"""The ledger: every amount that billing makes, as a balanced double entry with its cause."""
