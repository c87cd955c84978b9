"""Capability: one OpenAPI document of the whole."""
