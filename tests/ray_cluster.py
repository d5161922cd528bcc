"""A real Ray cluster on this machine, its nodes apart: each has a network, processes, mounts and a name of its own.

Made with ``ip netns`` and ``unshare``, so it needs root. A node is killed like a machine that loses power, and cut off
like one whose cable is pulled: then its processes live on, and still see the shared disk.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

NEEDS_ROOT = "needs root and iproute2: each node of the cluster gets namespaces of its own"
PORT = 6379
_NUMBERS = itertools.count()
"""One process may have several clusters at once: each gets names and a network of its own."""
_START_S = 200.0
_TRIES = 3
ENVIRONMENT = {  # a node without a network is noticed in some 15 s; a busy machine must not look like one
    "RAY_health_check_timeout_ms": "5000",
    "RAY_health_check_failure_threshold": "3",
    "RAY_raylet_start_wait_time_s": "60",
    "RAY_worker_register_timeout_seconds": "300",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_CLIENT_MAX_CONNECTION_TIMEOUT_S": "120",
    "RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "120",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",  # its network ends at this machine, and no token is to be left in anybody's home
    "RAY_worker_niceness": "0",  # beside other work its 15 would make every start last minutes
    "OMP_NUM_THREADS": "1",
}


_PORTS = (  # a node that has to find its own waits for its agents to tell, and a busy machine makes them late
    "--dashboard-agent-grpc-port=7001 --dashboard-agent-listen-port=7002 --metrics-export-port=7003"
    " --runtime-env-agent-port=7004"
)
_APART = ("unshare", "--pid", "--mount", "--uts", "--fork", "--mount-proc", "--kill-child")


def possible() -> bool:
    """Whether this user on this machine can have such a cluster."""
    return os.geteuid() == 0 and all(shutil.which(tool) for tool in ("ip", "unshare", "nsenter"))


class Node:
    """One machine of the cluster."""

    def __init__(self, cluster: Cluster, index: int, arguments: Sequence[str], prepare: str, env: Mapping[str, str]):
        self.address = f"{cluster.network}.{index + 2}"
        self.cluster = cluster
        self._net = f"bn{os.getpid()}-{cluster.number}-{index}"
        self._link = f"bn{cluster.number}-{index}v{os.getpid()}"[:15]
        self._log = cluster.folder / f"node{index}.log"
        cluster.nodes.append(self)
        self._plug()
        ray = f"{Path(sys.executable).parent}/ray start --block --disable-usage-stats --node-ip-address={self.address}"
        # Names are looked up by Ray all the time, and there is nobody to ask in this network.
        named = f"hostname node{index} && mount --bind {cluster.folder}/hosts /etc/hosts"
        script = f"{named} && {prepare or 'true'} && exec {ray} {' '.join(arguments)}"
        self._start(script, {**os.environ, **ENVIRONMENT, "HOME": str(cluster.folder), **env})

    def inside(self, command: Sequence[str], folder: Path) -> list[str]:
        """`command` as one that runs on this node, in `folder`."""
        return ["nsenter", "-t", str(self._first()), "--net", "--pid", "--mount", "--uts", f"--wdns={folder}", *command]

    def workers(self) -> list[int]:
        """Process ids, as they are outside, of the actors on this node."""
        found = subprocess.run(["ps", "-eo", "pid,pidns,args"], capture_output=True, text=True, check=True)
        mine = str(Path(f"/proc/{self._first()}/ns/pid").readlink()).removeprefix("pid:[").removesuffix("]")
        rows = (line.split(None, 2) for line in found.stdout.splitlines())
        return [int(pid) for pid, space, args in rows if space == mine and args.startswith("ray::Stub")]

    def cut(self) -> None:
        """Pull its cable."""
        _ip("link", "set", self._link, "down")

    def mend(self) -> None:
        """Plug it in again."""
        _ip("link", "set", self._link, "up")

    def kill(self) -> None:
        """Switch it off. All of its processes are gone when this returns."""
        self._end()
        subprocess.run(["ip", "netns", "del", self._net], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self._link], check=False, capture_output=True)

    def _first(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return int(children.split()[0])

    def _plug(self) -> None:
        _ip("netns", "add", self._net)
        _ip("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self._net)
        _ip("link", "set", self._link, "master", self.cluster.bridge, "up")
        for words in (f"addr add {self.address}/24 dev eth0", "link set eth0 up", "link set lo up"):
            _ip("-n", self._net, *words.split())

    def _start(self, script: str, env: Mapping[str, str]) -> None:
        """On a busy machine Ray's own processes may be too late for each other: then once more."""
        for _ in range(_TRIES):
            with self._log.open("wb") as log:
                self.process = subprocess.Popen(
                    ["ip", "netns", "exec", self._net, *_APART, "sh", "-c", script],
                    stdout=log,
                    stderr=log,
                    env=env,
                    cwd=self.cluster.folder,
                )
            if self._came():
                return
            self._end()
        raise AssertionError(f"a node did not start:\n{self._log.read_text(errors='replace')[-3_000:]}")

    def _came(self) -> bool:
        deadline = time.monotonic() + _START_S
        while "Ray runtime started" not in self._log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def _end(self) -> None:
        if hasattr(self, "process") and self.process.poll() is None:
            os.kill(self._first(), signal.SIGKILL)  # the first of its namespace: the kernel ends the others
            self.process.wait()


class Cluster:
    """A head with room for one worker, and nodes that can be added and lost. Use it in a ``with`` statement."""

    def __init__(self, *, jobs: bool = False) -> None:
        """`jobs`: whether it takes jobs, which needs Ray's dashboard, a dozen processes."""
        self._dashboard = str(jobs).lower()
        self.folder = Path(tempfile.mkdtemp(prefix="br", dir="/tmp"))  # Ray's sockets need a short path
        self.number = next(_NUMBERS)
        self.network = f"10.231.{77 + self.number}"
        self.bridge = f"bb{self.number}v{os.getpid()}"[:15]
        self.nodes: list[Node] = []
        self.head: Node

    def __enter__(self) -> Self:
        names = "".join(f"{self.network}.{i + 2} node{i}\n" for i in range(100))
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost\n{names}", encoding="ascii")
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("addr", "add", f"{self.network}.1/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        try:
            self.head = self._start(
                [f"--head --port={PORT} --num-cpus=1 --temp-dir={self.folder}/s --include-dashboard={self._dashboard}"]
            )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self.nodes:
            node.kill()
        subprocess.run(["ip", "link", "del", self.bridge], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """For drivers that run on a node."""
        return f"{self.head.address}:{PORT}"

    def add(self, *, cpus: int = 1, prepare: str = "", env: Mapping[str, str] | None = None) -> Node:
        """One more node. `prepare`: a shell command that runs on it first, `env`: what its environment has more."""
        return self._start([f"--address={self.address} --num-cpus={cpus}"], prepare, env or {})

    def _start(self, arguments: Sequence[str], prepare: str = "", env: Mapping[str, str] | None = None) -> Node:
        store = f"--object-store-memory=80000000 --include-log-monitor=false {_PORTS}"
        return Node(self, len(self.nodes), [*arguments, store], prepare, env or {})


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
