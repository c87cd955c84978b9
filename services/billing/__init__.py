"""Billing: tariffs, subscriptions, volumes, true-ups and invoices."""
