"""Service levels: readings, and monthly periods that close."""
