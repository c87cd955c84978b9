"""Onboarding: how an agency goes from a letter of intent to a stable, paid service."""
