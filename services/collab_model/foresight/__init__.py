"""Foresight: what a proposed agreement would have meant, and which clocks may breach."""
