"""The OpenAPI 3.1 document of everything the gateway answers, without running anything."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.app import create_app
from services.chassis.identity import IdentityVerifier
from services.chassis.service import ServiceSpec
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.unit_of_work import UnitOfWorkFactory
from services.documents.schemas import Json
from services.gateway.documents.merge import merge


class _NotRunning:
    """Stands where the running service would: its description needs none of it."""

    @property
    def units(self) -> UnitOfWorkFactory:
        raise AssertionError("a described service does no work")

    @property
    def identity(self) -> IdentityVerifier:
        raise AssertionError("a described service is asked nothing")


def service_document(spec: ServiceSpec) -> Json:
    """A service's own document, as it serves it."""
    app = create_app(
        service=spec.name,
        title=spec.title,
        description=spec.description,
        runtime=_NotRunning(),
        metrics=Metrics(spec.name),
        tracing=Tracing(spec.name, None),
        doors=spec.doors,
        lifespan=None,
    )
    return app.openapi()


def openapi_document(services: Sequence[ServiceSpec]) -> Json:
    """The document of the whole, as the gateway serves it."""
    return merge({spec.name: service_document(spec) for spec in services})
