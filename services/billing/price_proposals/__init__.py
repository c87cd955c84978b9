"""Actual prices proposed from what a month's cost distribution has fees cover."""
