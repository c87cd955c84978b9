class InstanceError(Exception):
    """A private instance could not be had; the message says what to do."""
