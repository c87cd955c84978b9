"""Starts the gateway: ``python -m services.gateway [serve|migrate|keys DIR]``."""

from services.gateway.cli import main

if __name__ == "__main__":
    main()
