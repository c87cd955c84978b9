"""Statskontoret's seven indicators, from what billing knows (DOMAIN.md section 7)."""
