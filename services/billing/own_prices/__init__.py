"""The centre's own prices, at cost, of services that no published tariff prices."""
