"""Results by service area and category, the accumulated surplus, and what is proposed of it."""
