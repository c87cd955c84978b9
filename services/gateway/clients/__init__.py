"""Capability: the clients that may ask for tokens."""
