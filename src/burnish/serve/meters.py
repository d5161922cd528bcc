"""What is counted, for Prometheus: a registry of the server's own, so that two in one process do not mix."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from burnish.serve.worker import Batch

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_PAIRS = (1, 2, 4, 8, 16, 32, 64)


class Meters:
    """The server's counts. Fates are those of the ledger."""

    def __init__(self) -> None:
        """All at zero."""
        to = self._registry = CollectorRegistry()
        self._pairs = Counter("burnish_pairs", "Pairs answered.", ("route", "fate"), registry=to)
        self._faults = Counter("burnish_faults", "Pairs for quarantine, by reason.", ("reason",), registry=to)
        self._refused = Counter("burnish_refused", "Requests refused, by reason.", ("reason",), registry=to)
        self._tokens = Counter("burnish_model_tokens", "Tokens read and written.", ("kind",), registry=to)
        self._seconds = Histogram(
            "burnish_request_seconds", "From request to answer.", ("route",), buckets=_SECONDS, registry=to
        )
        self._batches = Histogram("burnish_batch_pairs", "Pairs a worker got at once.", buckets=_PAIRS, registry=to)
        self._waiting = Gauge("burnish_waiting_pairs", "Pairs that no worker has taken yet.", registry=to)

    def waiting(self, pairs: int) -> None:
        """So many pairs wait now."""
        self._waiting.set(pairs)

    def batch(self, route: str, batch: Batch) -> None:
        """A batch was answered."""
        self._batches.observe(len(batch.done))
        for done in batch.done:
            self._pairs.labels(route, done.fate).inc()
            if done.fate == "quarantined":
                self._faults.labels(done.reason).inc()
        for kind in ("prompt_tokens", "written_tokens"):
            self._tokens.labels(kind.removesuffix("_tokens")).inc(batch.used.get(kind, 0))

    def refused(self, reason: str) -> None:
        """A request was refused."""
        self._refused.labels(reason).inc()

    def took(self, route: str, seconds: float) -> None:
        """A request was answered."""
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
