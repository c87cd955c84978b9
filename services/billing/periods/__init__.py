"""Closing of months: after it, volumes of the month wait for finance."""
