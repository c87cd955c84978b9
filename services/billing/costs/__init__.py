"""Costs: pools, what falls on them, overheads handed on, and where every öre ends."""
