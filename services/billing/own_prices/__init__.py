"""The centre's own prices, at cost: where no tariff has one, and items of one agency's own."""
