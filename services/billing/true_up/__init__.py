"""Reconciliation of charged fees against actual volumes."""
