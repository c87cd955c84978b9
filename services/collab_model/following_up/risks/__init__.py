"""Risks to the delivery to a customer: the risk picture of tertial reports."""
