"""Capability: moving simulated time forward in every service at once."""
