"""Forums, their meetings, and the minutes kept of them."""
