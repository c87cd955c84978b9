"""The whole centre in one process: what ``make run`` starts."""
