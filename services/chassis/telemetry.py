"""Logs, metrics and traces of a service, none of which carry personal data."""

from __future__ import annotations

import json
import logging
import math
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from structlog.typing import ExcInfo

from services.chassis.context import current_context

_propagator = TraceContextTextMapPropagator()


class Metrics:
    """The numbers a service shows at ``/metrics``; one registry per service."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = {"service": service}

        def gauge(name: str, text: str) -> Gauge:
            metric = Gauge(name, text, list(labels), registry=self.registry)
            return metric.labels(**labels)

        def counter(name: str, text: str, *extra: str) -> Counter:
            return Counter(name, text, ["service", *extra], registry=self.registry)

        self._service = service
        self.outbox_pending = gauge("ssc_outbox_pending", "Events not yet with the broker")
        self.outbox_age_seconds = gauge(
            "ssc_outbox_age_seconds", "Age of the oldest event not yet with the broker"
        )
        self.timers_late = gauge("ssc_timers_late", "Timers past due and not fired")
        self._relay_lag = Histogram(
            "ssc_relay_lag_seconds",
            "From recording an event to its confirmation by the broker",
            ["service"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
        )
        self._published = counter("ssc_events_published", "Events confirmed by the broker")
        self._handled = counter("ssc_events_handled", "Events that took effect", "type")
        self._duplicates = counter("ssc_inbox_duplicates", "Events dropped as already known")
        self._retries = counter("ssc_events_retried", "Events sent round the retry ladder")
        self._parked = counter("ssc_events_parked", "Events put aside with a reason")
        self._timer_failures = counter("ssc_timer_failures", "Timers whose handler failed", "name")
        self._requests = Histogram(
            "ssc_http_request_seconds",
            "Time to answer a request",
            ["service", "method", "route", "status"],
            registry=self.registry,
        )
        # Shown from the start: a rate over a series that appears with its first event
        # would miss that event.
        self._published.labels(service)
        self._relay_lag.labels(service)
        self._duplicates.labels(service)
        self._retries.labels(service)
        self._parked.labels(service)

    def storage_unreadable(self) -> None:
        """What is read from storage is not known at present."""
        for read in (self.outbox_pending, self.outbox_age_seconds, self.timers_late):
            read.set(math.nan)

    def published(self, lags: list[float]) -> None:
        """Events were confirmed, each so many seconds after it was recorded."""
        self._published.labels(self._service).inc(len(lags))
        histogram = self._relay_lag.labels(self._service)
        for lag in lags:
            histogram.observe(max(0.0, lag))

    def handled(self, event_type: str) -> None:
        """An event took effect."""
        self._handled.labels(self._service, event_type).inc()

    def duplicates(self, count: int) -> None:
        """Events were dropped because the inbox knew them."""
        self._duplicates.labels(self._service).inc(count)

    def retried(self) -> None:
        """An event goes round the retry ladder."""
        self._retries.labels(self._service).inc()

    def parked(self) -> None:
        """An event was put aside."""
        self._parked.labels(self._service).inc()

    def timer_failed(self, name: str) -> None:
        """A timer's handler failed."""
        self._timer_failures.labels(self._service, name).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(self._service, method, route, str(status)).observe(seconds)


class Tracing:
    """A service's tracer; spans leave the process only when an endpoint is configured.

    Args:
        service: the service's name.
        otlp_endpoint: base address of an OTLP-over-HTTP collector, or None.
    """

    def __init__(self, service: str, otlp_endpoint: str | None) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        if otlp_endpoint is not None:
            exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
            self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("services.chassis")

    @contextmanager
    def span(
        self, name: str, kind: SpanKind, traceparent: str | None = None, **attributes: str
    ) -> Iterator[Span]:
        """A span around a piece of work, joined to the caller's trace when it has one.

        A failure is noted by its type alone: its text may quote personal data.
        """
        parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
        with self._tracer.start_as_current_span(
            name,
            context=parent,
            kind=kind,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def close(self) -> None:
        """Send what is still waiting."""
        self._provider.shutdown()


def current_traceparent() -> str | None:
    """The W3C trace context of the current span, to be carried on in a message."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def _add_correlation(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.setdefault("correlation_id", current_context().correlation_id)
    return event


class _WhereItFailed:
    """An exception as types and places. Its text is left out: that may quote what was sent
    or stored, as PostgreSQL does with the values of a refused row.
    """

    def __init__(self) -> None:
        self._transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)

    def __call__(self, exc_info: ExcInfo) -> list[dict[str, Any]]:
        return [self._without_text(stack) for stack in self._transform(exc_info)]

    def _without_text(self, stack: dict[str, Any]) -> dict[str, Any]:
        return {
            "exc_type": stack["exc_type"],
            "is_cause": stack["is_cause"],
            "frames": stack["frames"],
            "exceptions": [
                [self._without_text(part) for part in member]
                for member in stack.get("exceptions", ())
            ],
        }


_where_it_failed = _WhereItFailed()


class _LibraryLine(logging.Formatter):
    """A library's log record as a JSON line, by its origin alone: libraries put addresses,
    bodies and whole tracebacks into the text.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": "library_log",
            "logger": record.name,
            "place": f"{record.filename}:{record.lineno}",
            "correlation_id": current_context().correlation_id,
            "level": record.levelname.lower(),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        if isinstance(record.msg, OSError):
            line["reason"] = record.msg.strerror
        if record.exc_info and record.exc_info[1] is not None:
            kind, error, traceback = record.exc_info
            line["exception"] = _where_it_failed((kind, error, traceback))
        return json.dumps(line, ensure_ascii=False)


class _LibraryHandler(logging.StreamHandler[TextIO]):
    """Ours among the root logger's handlers."""


def _log_libraries(stream: TextIO) -> None:
    root = logging.getLogger()
    for handler in root.handlers.copy():
        if isinstance(handler, _LibraryHandler):
            root.removeHandler(handler)
    handler = _LibraryHandler(stream)
    handler.setFormatter(_LibraryLine())
    root.addHandler(handler)
    root.setLevel(logging.WARNING)


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Log JSON lines, one per happening, with the correlation id; default to stderr.

    Library loggers join at WARNING: their INFO lines carry addresses and bodies. Called
    again, it replaces what it set up before.
    """
    target = stream or sys.stderr
    _log_libraries(target)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _add_correlation,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_where_it_failed),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
