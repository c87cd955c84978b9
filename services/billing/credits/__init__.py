"""Credits by month: how a month's levels came out, and what that gives back, step by step."""
