"""One person at one Jupyter server: what a browser tab would send, sent by a script."""

import json
import time
import urllib.parse
import urllib.request
import uuid
from typing import Any

import websocket

Message = dict[str, Any]


class Desk:
    """A Jupyter server as one person uses it, with that person's token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token

    def ask(self, verb: str, path: str, body: object = None) -> Any:
        """One request; the parsed JSON of its answer."""
        request = urllib.request.Request(  # noqa: S310 - the address is this script's own server
            f"{self.url}/{path}",
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            content = answer.read()
        return json.loads(content) if content else None

    def put_file(self, path: str, text: str) -> None:
        """Save a text file."""
        model = {"type": "file", "format": "text", "content": text}
        self.ask("PUT", f"api/contents/{urllib.parse.quote(path)}", model)

    def open(self, path: str) -> "Page":
        """A new notebook with a kernel of its own."""
        return Page(self, path)


class Page:
    """An open notebook: its cells in order, and its kernel."""

    def __init__(self, desk: Desk, path: str) -> None:
        self.desk, self.path = desk, path
        self.cells: list[dict[str, Any]] = []
        self.save()
        name = {"name": path.rsplit("/")[-1], "path": path, "type": "notebook"}
        session = desk.ask("POST", "api/sessions", {**name, "kernel": {"name": "python3"}})
        self.session, self.client = session["id"], uuid.uuid4().hex
        address = desk.url.replace("http", "ws", 1)
        self.socket = websocket.create_connection(
            f"{address}/api/kernels/{session['kernel']['id']}/channels?session_id={self.client}",
            header=[f"Authorization: token {desk.token}"],
            timeout=300,
        )

    def text(self, cell: str, source: str) -> None:
        """Write or rewrite a Markdown cell."""
        self._cell(cell, "markdown")["source"] = source
        self.save()

    def run(self, cell: str, source: str) -> None:
        """Write or rewrite a code cell in place, run it, save."""
        there = self._cell(cell, "code")
        there.update(source=source, outputs=[], execution_count=None)
        for message in self._execute(cell, source):
            _apply(there, message)
        self.save()

    def source(self, cell: str) -> str:
        """What the cell holds now."""
        return str(self._cell(cell, "code")["source"])

    def delete(self, cell: str) -> None:
        """Take a cell out."""
        self.cells = [there for there in self.cells if there["id"] != cell]
        self.save()

    def save(self) -> None:
        """Save the notebook, as the browser does."""
        content = {
            "cells": self.cells,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        model = {"type": "notebook", "format": "json", "content": content}
        self.desk.ask("PUT", f"api/contents/{urllib.parse.quote(self.path)}", model)

    def close(self) -> None:
        """Shut the kernel down and leave."""
        self.socket.close()
        self.desk.ask("DELETE", f"api/sessions/{self.session}")

    def _cell(self, cell: str, kind: str) -> dict[str, Any]:
        for there in self.cells:
            if there["id"] == cell:
                return there
        new: dict[str, Any] = {"id": cell, "cell_type": kind, "metadata": {}, "source": ""}
        self.cells.append(new)
        return new

    def _execute(self, cell: str, source: str) -> list[Message]:
        request = uuid.uuid4().hex
        header = {"msg_id": request, "msg_type": "execute_request", "session": self.client}
        header |= {"username": "", "version": "5.3", "date": ""}
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"channel": "shell", "header": header, "parent_header": {}, "content": content}
        message |= {"metadata": {"cellId": cell, "deletedCells": [], "recordTiming": True}}
        self.socket.send(json.dumps({**message, "buffers": []}))
        answers: list[Message] = []
        replied = idle = False
        while not (replied and idle):
            answer = json.loads(self.socket.recv())
            if answer["parent_header"].get("msg_id") != request:
                continue
            kind = answer["header"]["msg_type"]
            replied = replied or kind == "execute_reply"
            idle = idle or (kind == "status" and answer["content"]["execution_state"] == "idle")
            answers.append(answer)
        time.sleep(0.5)  # a person would read; the trail keeps the real times
        return answers


def _apply(cell: dict[str, Any], message: Message) -> None:
    """What JupyterLab does to a cell when this message comes."""
    kind, content = message["header"]["msg_type"], message["content"]
    outputs = cell["outputs"]
    if kind == "execute_reply":
        cell["execution_count"] = content.get("execution_count")
    elif kind == "stream" and outputs and outputs[-1].get("name") == content["name"]:
        outputs[-1]["text"] += content["text"]
    elif kind == "stream":
        outputs.append({"output_type": kind, "name": content["name"], "text": content["text"]})
    elif kind == "error":
        outputs.append(
            {"output_type": kind, **{k: content[k] for k in ("ename", "evalue", "traceback")}}
        )
    elif kind in ("display_data", "execute_result"):
        shown = {"output_type": kind, "data": content["data"], "metadata": content["metadata"]}
        if kind == "execute_result":
            shown["execution_count"] = content["execution_count"]
        outputs.append(shown)
