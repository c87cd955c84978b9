"""Customers: who they were when, and who took over from whom."""
