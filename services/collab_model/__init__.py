"""Service levels, matters and their clocks, forums and meetings (DOMAIN.md sections 5 and 6)."""
