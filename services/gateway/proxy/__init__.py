"""Capability: requests through the door to the service that answers them."""
