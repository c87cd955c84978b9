"""Statements: what a closed month of a service is reported as, in JSON, CSV and PDF."""
