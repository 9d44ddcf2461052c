"""The small files of the cache folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yoi_relations.index.cache import put


def test_threads_may_put_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "small"
    texts = [bytes([number]) * 100_000 for number in range(8)]

    def put_often(data: bytes) -> None:
        for _ in range(40):
            put(str(path), data)
            assert path.read_bytes() in texts

    with ThreadPoolExecutor(len(texts)) as pool:
        list(pool.map(put_often, texts))
    assert list(tmp_path.iterdir()) == [path]
