"""The only door: identity, tenants, limits, routes, the whole's OpenAPI document, the clock."""
