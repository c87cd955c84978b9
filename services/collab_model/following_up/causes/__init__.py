"""Causes: why promises were not kept, and with which team; stated once, changed by adding."""
