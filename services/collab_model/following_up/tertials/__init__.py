"""Tertial reports: four months in green, amber and red, with trend, risks and actions."""
