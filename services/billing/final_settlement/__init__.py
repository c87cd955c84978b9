"""Final settlements: what remains to be paid when services end for good."""
