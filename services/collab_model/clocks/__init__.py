"""Clocks: computed from a matter's log, and able to explain themselves."""
