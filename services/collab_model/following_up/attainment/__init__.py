"""Attainment: the centre's own view across customers, and what would turn red next."""
