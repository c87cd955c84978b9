"""Customers: who took over from whom, and so who sees and does what."""
