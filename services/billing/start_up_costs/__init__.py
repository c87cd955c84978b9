"""Start-up costs, apart from operations: no fee, invoice or true-up reads them."""
