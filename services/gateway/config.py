"""Settings of the gateway, beside those of every service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr

from services.chassis.config import ServiceSettings

BaseUrl = Annotated[str, AfterValidator(lambda value: str(AnyHttpUrl(value)).rstrip("/"))]
"""An http or https address without a final slash."""

Seconds = Annotated[float, Field(gt=0, le=3600)]


class GatewaySettings(ServiceSettings):
    """What the gateway must be told to run."""

    broker_url: str = Field(default="", description="Not used: the gateway hears no events")
    signing_key_file: Path = Field(description="The private key, made by the `keys` command")
    public_url: BaseUrl = Field(
        default="http://127.0.0.1:8080", description="Where the centre is reached from outside"
    )
    onboarding_url: BaseUrl = "http://onboarding:8000"
    collab_model_url: BaseUrl = "http://collab_model:8000"
    billing_url: BaseUrl = "http://billing:8000"
    bootstrap_client_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="The first administrator, created at start when absent",
    )
    bootstrap_client_secret: SecretStr | None = None
    token_minutes: int = Field(default=30, ge=15, le=60)
    token_failures_a_minute: int = Field(default=30, ge=1, le=10_000)
    connect_seconds: Seconds = 2.0
    answer_seconds: Seconds = Field(default=30.0, description="Longest wait for a service")
    quiet_seconds: Seconds = Field(
        default=60.0, description="Longest wait for the centre to come to rest"
    )

    @property
    def token_lifetime(self) -> timedelta:
        """How long an access token is good."""
        return timedelta(minutes=self.token_minutes)

    def url_of(self, service: str) -> str:
        """Where a service of the routing table is reached.

        Raises:
            KeyError: there is no such service.
        """
        return {
            "onboarding": self.onboarding_url,
            "collab_model": self.collab_model_url,
            "billing": self.billing_url,
        }[service]
