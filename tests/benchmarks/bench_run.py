"""What recording adds to running `pass`: at most 1 ms at the median, service up, slow or dead.

    python tests/benchmarks/bench_run.py [--rounds 200]

Four real servers side by side, each with a Python kernel, asked in turn over a websocket; timed
from sending the request to the kernel's reply and its `idle`.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import time
import uuid

import ratios
import servers
from tornado.websocket import websocket_connect

SLOW_SECONDS = 5.0
DEAD = "http://127.0.0.1:9/"


class Kernel:
    """A kernel of one server, and the websocket to it."""

    async def start(self, server: servers.Server) -> "Kernel":
        """Start a notebook's kernel and connect to it."""
        asked = {"path": "a.ipynb", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        answer = server.ask("POST", "api/sessions", json.dumps(asked).encode())
        kernel = json.loads(answer)["kernel"]["id"]
        url = f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?token={servers.TOKEN}"
        self.socket = await websocket_connect(url)
        self.socket.protocol.set_nodelay(True)
        return self

    async def run(self, code: str) -> float:
        """Milliseconds until the kernel has replied and is idle."""
        msg_id = uuid.uuid4().hex
        header = {"msg_id": msg_id, "msg_type": "execute_request", "session": "s", "version": "5.3"}
        message = {
            "channel": "shell",
            "header": {**header, "username": "", "date": "2026-01-01T00:00:00Z"},
            "parent_header": {},
            "metadata": {"cellId": "c"},
            "content": {"code": code, "silent": False},
        }
        raw = json.dumps(message)
        before = time.perf_counter()
        await self.socket.write_message(raw)
        left = 2
        wire = self.socket.protocol.stream.socket
        while left:
            # else the network's own 40 ms (delayed acknowledgements) hide everything
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            said = json.loads(await self.socket.read_message())
            if said["parent_header"].get("msg_id") == msg_id:
                idle = said["content"].get("execution_state") == "idle"
                left -= said["msg_type"] == "execute_reply" or idle
        return 1000 * (time.perf_counter() - before)


async def measure(rounds: int, made: dict[str, servers.Server]) -> None:
    """Ask all in turn, in changing order, and print each against the stock server."""
    kernels = {name: await Kernel().start(server) for name, server in made.items()}
    taken: dict[str, list[float]] = {name: [] for name in kernels}
    names = list(kernels)
    shuffle = random.Random(1)  # noqa: S311
    for n in range(-20, rounds):
        shuffle.shuffle(names)
        for name in names:
            milliseconds = await kernels[name].run("pass")
            if n >= 0:
                taken[name].append(milliseconds)
        await asyncio.sleep(0.02)
    for name in ("up", "slow", "dead"):
        print(ratios.line(f"service {name}", taken["stock"], taken[name]), flush=True)
    paired = {
        name: statistics.median(b - a for a, b in zip(taken["stock"], taken[name], strict=True))
        for name in ("up", "slow", "dead")
    }
    print("median of the paired differences, ms:", {k: round(v, 2) for k, v in paired.items()})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print("pass over a websocket: stock server | recorded")
    up, slow = servers.Service(), servers.Service(SLOW_SECONDS)
    kinds = {
        "stock": {"extension": False},
        "up": {"extension": True, "service_url": up.url},
        "slow": {"extension": True, "service_url": slow.url},
        "dead": {"extension": True, "service_url": DEAD},
    }
    with servers.running(**kinds) as made:
        asyncio.run(measure(rounds, made))
