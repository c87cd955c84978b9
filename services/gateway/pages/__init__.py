"""Capability: the page at the root of the door."""
