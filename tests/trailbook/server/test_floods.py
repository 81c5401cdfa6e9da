"""More output than anybody reads, while the server is busy: all is recorded, or is counted."""

import json

import nbformat.v4
import pytest

from trailbook.store.records import ExecutionFinished, Gap

from .clients import printed

PRINTS = 200_000
FLOOD = f"for n in range({PRINTS}):\n    print(n, flush=True)"
"""Each print a message of its own."""

RAW = f"""
kernel, parent = get_ipython().kernel, get_ipython().kernel.get_parent()
for n in range({PRINTS}):
    said = {{'name': 'stdout', 'text': str(n) + chr(10)}}
    kernel.session.send(kernel.iopub_socket, 'stream', said, parent=parent)
"""
"""The kernel waits for nobody."""


@pytest.mark.parametrize("code", [FLOOD, FLOOD.replace(", flush=True", ""), RAW])
async def test_a_flood_of_prints_while_saves_block_the_server(client, jp_fetch, service, code):
    cell = nbformat.v4.new_code_cell("big")
    text = "".join(f"{n:06}\n" for n in range(700_000))
    cell.outputs = [nbformat.v4.new_output("stream", text=text)]
    content = nbformat.v4.new_notebook(cells=[cell])
    await client.open()
    await client.run("'warm'")
    client.send(code)
    saves = 0
    while len(service.of(ExecutionFinished)) < 2:
        content.metadata["save"] = saves
        body = json.dumps({"type": "notebook", "format": "json", "content": content})
        await jp_fetch("api", "contents", "big.ipynb", method="PUT", body=body)
        saves += 1
        assert saves < 600
    assert saves > 1
    lines = printed(service).split()
    counted = sum(gap.dropped_events for gap in service.of(Gap))
    assert lines == sorted(set(lines), key=int)
    lost = PRINTS - len(lines)
    assert lost <= counted <= lost + 10  # a status may be among what was lost
