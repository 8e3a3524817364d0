"""From the hub only a commit named in full is fetched; without a way out there is one clear line and nothing left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.classify.hub import require_pinned
from scanner.errors import UsageError
from scanner.resources import data_folder
from tests.encoders import write_static

COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_a_whole_commit_pins_a_name():
    assert require_pinned("intfloat/multilingual-e5-small", COMMIT) == COMMIT


@pytest.mark.parametrize("revision", [None, "", "main", "v1.0", COMMIT[:12], COMMIT.upper(), COMMIT + "0"])
def test_a_name_without_a_whole_commit_is_refused(revision: str | None):
    with pytest.raises(UsageError, match="needs --revision with the 40 hexadecimal digits of a commit"):
        require_pinned("intfloat/multilingual-e5-small", revision)


@pytest.mark.parametrize("name", ["antah", "./antah", "a/b/c", "/antah/berantah", "a b/c", "../b", "https://x/y", ""])
def test_what_is_neither_folder_nor_name_is_refused(name: str):
    with pytest.raises(UsageError, match="neither a folder here nor a name on the hub, such as intfloat/"):
        require_pinned(name, COMMIT)


SWAP_IN = f"""
import sys; from pathlib import Path
from scanner.classify.swapped import open_encoder, swap_in
from scanner.errors import ModelError
home = Path(sys.argv[1])
try: print(swap_in("owner/kecil", home, revision="{COMMIT}").record.folder, len(open_encoder(home).encode(["coblos"])))
except ModelError as error: print(error)
"""


def swap_in(home: Path, **environment: str) -> str:
    """Swap in owner/kecil in a process of its own: the library reads its environment when it is first imported."""
    command = [sys.executable, "-W", "ignore", "-c", SWAP_IN, str(home)]
    environment = {**os.environ, "HF_HUB_DISABLE_XET": "1", **environment}
    root = data_folder("models").parent
    return subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


class Hub(ThreadingHTTPServer):
    """A hub on this machine that holds one folder at one commit, and remembers what it was asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.asked: list[str] = []


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        name = path.removeprefix(f"/owner/kecil/resolve/{COMMIT}/")
        if path == f"/api/models/owner/kecil/tree/{COMMIT}":
            files = sorted(one for one in self.server.folder.iterdir())
            rows = [{"type": "file", "path": f.name, "size": f.stat().st_size, "oid": "0" * 40} for f in files]
            self.reply(200, json.dumps(rows).encode(), "application/json")
        elif (self.server.folder / name).is_file():
            self.reply(200, (self.server.folder / name).read_bytes(), "application/octet-stream")
        else:
            self.reply(404, b"", "text/plain")

    def do_HEAD(self) -> None:
        self.do_GET()

    def reply(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": len(body), "ETag": '"1"', "X-Repo-Commit": COMMIT}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    folder = write_static(tmp_path / "kecil")
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    (folder / "own.py").write_text("raise SystemExit")
    with Hub(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.slow
def test_a_commit_is_fetched_without_code_and_pickle_and_kept_in_the_workspace(hub: Hub, tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    home = tmp_path / "home"
    told = swap_in(home, HF_ENDPOINT=f"http://127.0.0.1:{hub.server_port}")
    assert told == "owner--kecil 1\n"
    assert sorted(path.name for path in home.iterdir()) == ["encoder.json", "owner--kecil"]
    fetched = {path.name for path in (home / "owner--kecil").iterdir()}
    assert fetched == {"model.safetensors", "modules.json", "tokenizer.json", "config_sentence_transformers.json"}
    assert json.loads((home / "encoder.json").read_bytes())["revision"] == COMMIT
    assert not [path for path in hub.asked if path.endswith((".bin", ".py"))]


@pytest.mark.slow
def test_a_commit_without_safetensors_leaves_nothing(hub: Hub, tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    (hub.folder / "model.safetensors").unlink()
    told = swap_in(tmp_path / "home", HF_ENDPOINT=f"http://127.0.0.1:{hub.server_port}")
    assert "holds no weights; only model.safetensors is read, never pickle" in told
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.slow
def test_without_a_way_out_there_is_one_clear_line_and_nothing_left(tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    told = swap_in(tmp_path / "home", HF_HUB_OFFLINE="1")
    assert told.startswith("owner/kecil at 0123456789ab: cannot be fetched: ")
    assert len(told.splitlines()) == 1
    assert list((tmp_path / "home").iterdir()) == []
