"""What is done with content on its way in, and what is spared."""

from typing import Any

import pytest

from trailbook.store.ingest import pieces


def test_content_that_is_there_already_is_not_compressed_again(
    ada: Any, store: Any, notebook_bytes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed: list[bytes] = []
    pack = pieces.pack

    def watched(content: bytes, *args: Any) -> Any:
        compressed.append(content)
        return pack(content, *args)

    monkeypatch.setattr(pieces, "pack", watched)
    large = "\n".join(f"value_{n} = {n * n}" for n in range(400))
    saved = [notebook_bytes(source) for source in (large, "nothing", large)]
    versions = [ada.save(raw) for raw in saved]
    assert compressed.count(large.encode()) == 1
    assert [store.snapshot_bytes(version) for version in versions] == saved
    assert store.check() == []
