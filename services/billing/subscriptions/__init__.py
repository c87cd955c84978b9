"""What a customer pays for by agreement, and its instalments month by month."""
