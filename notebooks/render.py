"""Render the notebooks to docs/notebooks/*.html, once per release: `python notebooks/render.py`.

They run on made-up posts of fictional people. A page holds everything it needs: no script, no font, no request.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

NOTEBOOKS = Path(__file__).resolve().parent
OUTPUT = NOTEBOOKS.parent / "docs" / "notebooks"
LARGEST = 1_000_000
POSTS = 20_000
_STYLE = """
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1f24; background: #fff; line-height: 1.5;
       font-family: system-ui, "Segoe UI", "Noto Sans", sans-serif; }
table { border-collapse: collapse; font-size: .88rem; display: block; overflow-x: auto; }
td, th { padding: .25rem .6rem; border-bottom: 1px solid #d5dade; text-align: right; vertical-align: top; }
th { text-align: left; }
pre { background: #f5f6f7; padding: .6rem .8rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
img { max-width: 100%; } .jp-InputPrompt, .jp-OutputPrompt, .prompt, .anchor-link { display: none; }
.made { color: #5b6670; }
"""
_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body><p class="made">Dijalankan pada data buatan; tidak ada orang nyata di dalamnya. / Run on made-up data; nobody in it is
real.</p>{body}</body></html>
"""


def main() -> None:
    """Make a sample workspace, run every notebook on it, and write the pages."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "contoh"
        _scanner("dev", "make-posts", str(POSTS), "-w", str(workspace))
        _scanner("snapshot", "publish", "-w", str(workspace))
        _scanner("notebook", "-w", str(workspace), "--print")
        os.environ["SCANNER_SNAPSHOT"] = str(workspace / "data" / "snapshots" / "latest")
        os.environ.pop("SCANNER_WORKSPACE", None)
        for path in sorted((workspace / "notebooks").glob("*.ipynb")):
            page = rendered(path)
            (OUTPUT / f"{path.stem}.html").write_text(page, "utf-8")
            print(f"{path.stem}.html: {len(page.encode()):,} bytes")
            if len(page.encode()) > LARGEST:
                sys.exit(f"{path.stem}.html: larger than {LARGEST:,} bytes")


def rendered(path: Path) -> str:
    """Run a notebook where it lies and return it as one page."""
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    style = _STYLE + HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return _PAGE.format(title=html.escape(title), style=style, body=body)


def _scanner(*arguments: str) -> None:
    subprocess.run([Path(sys.executable).with_name("scanner"), *arguments], check=True)


if __name__ == "__main__":
    main()
