"""Flows: readable files that tell a centre's story, replayed through its gateway."""
