"""Agreements in operation: what was signed, and which services are live."""
