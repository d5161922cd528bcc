"""The cluster a run takes part in: one that is there, or one of its own on this machine for as long as it runs."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from burnish.engines._ray.options import Options
from burnish.errors import MissingExtra, StopError, UsageError

_STORE_BYTES = 80 * 2**20
"""Of shared memory, near the least Ray takes: nothing large passes through it."""

_TRIES = 3
_NOT_YET = "Starting Ray client server failed"
"""A cluster at ``ray://`` starts a process for each who joins, and on a busy head gives that up too soon."""

_LOG = logging.getLogger("burnish")

_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # Ray reports its use to its makers unless told not to
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # workers without GPUs see none: what Ray will do, without a warning
}


@contextmanager
def joined(options: Options, workers: int) -> Iterator[Cluster]:
    """The cluster that `options` name; left at the end, and ended if it is our own.

    `workers`: so many should fit on one of our own; 0: as many as there are cores. Raises `UsageError`, `StopError`.
    """
    ray = _imported()
    if ray.is_initialized():  # a script's own
        yield Cluster(ray, options)
        return
    try:
        _start(ray, options, workers)
        yield Cluster(ray, options)
    finally:
        ray.shutdown()


def _imported() -> Any:
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise MissingExtra("--engine ray", "ray") from error
    return ray


def _start(ray: Any, options: Options, workers: int) -> None:
    cores = len(os.sched_getaffinity(0))
    room = {
        "num_cpus": max(cores, math.ceil(workers * options.num_cpus)),
        "object_store_memory": _STORE_BYTES,
        "include_dashboard": False,
    }
    try:
        _join(ray, options.address, room if options.is_own else {})
    except ModuleNotFoundError as error:  # ray:// needs what the extra brings along
        raise MissingExtra(f"the address {options.address}", "ray") from error
    except ConnectionError as error:
        raise StopError(
            f"cannot reach the Ray cluster at {options.address}: {_told(error)}\n"
            "Start it (ray start --head), or give its address: --set engine_options.address=host:6379"
        ) from error
    except (RuntimeError, ValueError, ray.exceptions.RayError) as error:  # versions, form of the address, its token
        raise UsageError(f"cannot join the Ray cluster at {options.address}: {_told(error)}") from error
    except Exception as error:  # Ray's own way to say that it did not start in time
        raise StopError(f"Ray did not start: {_told(error)}\nThe same command tries again.") from error


def _join(ray: Any, address: str, room: Mapping[str, Any]) -> None:
    for left in reversed(range(_TRIES)):
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **room)
        except ConnectionError as error:
            if not left or _NOT_YET not in str(error):
                raise
            _LOG.warning("the cluster was too slow to take this run in; trying again")
        else:
            return


def _told(error: Exception) -> str:
    """The first line of a message and, if it goes on with a traceback, its last one."""
    first, *more = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return f"{first} {more[-1]}"[:500] if more else first[:500]


class Cluster:
    """Its nodes, and what can be had of them. `ray` is Ray's module, connected."""

    def __init__(self, ray: Any, options: Options) -> None:
        self.ray = ray
        self.options = options

    def capacity(self) -> int:
        """How many workers there is room for on all nodes, were they empty."""
        return sum(_room(node.get("Resources", {}), self.options.needs) for node in self._alive())

    def lost(self) -> int:
        """How many nodes have died since the cluster began."""
        return sum(not node["Alive"] for node in self.ray.nodes())

    def is_alive(self, node: str) -> bool:
        """Whether the node with this id still belongs to the cluster."""
        return any(found["NodeID"] == node for found in self._alive())

    def name(self, node: str, host: str) -> str:
        """A node as it is called in messages."""
        address = next((n["NodeManagerAddress"] for n in self.ray.nodes() if n["NodeID"] == node), "")
        return f"node {node[:8]} ({host}{', ' if address else ''}{address})"

    def offers(self) -> str:
        """What the nodes have, in words."""
        totals = self.ray.cluster_resources()
        return f"{len(self._alive())} nodes with {totals.get('CPU', 0):g} CPU and {totals.get('GPU', 0):g} GPU"

    def _alive(self) -> list[Mapping[str, Any]]:
        return [node for node in self.ray.nodes() if node["Alive"]]


def _room(resources: Mapping[str, float], needs: Mapping[str, float]) -> int:
    return min(math.floor(resources.get(name, 0.0) / size + 1e-6) for name, size in needs.items())
