"""Monthly invoices, and credits for breached service levels."""
