"""Capability: access tokens, their keys and the token endpoint."""
