"""How much of each service a customer really used."""
