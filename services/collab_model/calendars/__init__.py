"""Service hours: when service-level time runs."""
