"""Productivity and cost per unit: what a service makes, by how many, and at what cost."""
