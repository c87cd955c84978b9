"""Comparisons between customers: reviewed by those whose figures they are, then published."""
