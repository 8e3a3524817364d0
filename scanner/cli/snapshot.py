"""scanner snapshot: what researchers get, and what they may ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report.snapshot.folders import Lying

app = typer.Typer(no_args_is_help=True, help="Copies for researchers: pseudonymous, documented, checkable.")
SeriesOption = Annotated[
    str, typer.Option(help="Snapshots whose ids can be followed from one to the next; one for each recipient.")
]
FolderArgument = Annotated[Path, typer.Argument(help="Folder of a snapshot.")]


@app.command("publish")
def publish(
    workspace: WorkspaceOption = Path(),
    series: SeriesOption = "research",
    with_text: Annotated[bool, typer.Option("--with-text", help="With the words, masked: it is identifiable.")] = False,
    reason: Annotated[str, typer.Option(help="With words: what they are needed for.")] = "",
    agreement: Annotated[str, typer.Option(help="With words: reference of the written agreement.")] = "",
    by: Annotated[str, typer.Option(help="With words: the user, DPO or analyst, who answers for it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write data/snapshots/<UTC>/: a DuckDB file, Parquet, dictionary and README. `latest` leads to it.

    Example: scanner snapshot publish --series research
    """
    from scanner.cli.publishing import office_of, order_of
    from scanner.report.snapshot.publish import publish as publish_snapshot
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    order = order_of(opened, series, with_text=with_text, reason=reason, agreement=agreement, by=by)
    done = publish_snapshot(opened.store, office_of(opened), order)
    if as_json:
        print_json(asdict(done))
        return
    say(
        f"{done.path}: {done.rows['posts']:,} posts, {done.rows['flags']:,} flags, {done.rows['reviews']:,} judgements."
    )
    left = ", ".join(f"{rows:,} of {name}" for name, rows in done.left_out.items() if rows)
    say(f"Left out, because too few people are alike: {left or 'nothing'}. How exactly the rest is told: README.md.")
    for path in done.pruned:
        say(f"{path.name} left: {opened.settings.snapshots.keep} of a series are kept.")


@app.command("verify")
def verify(folder: FolderArgument, as_json: JsonOption = False) -> int:
    """Check a snapshot by its folder alone: hashes, counts, columns against the dictionary. Exit 1 when it differs.

    Example: scanner snapshot verify data/snapshots/latest
    """
    from scanner.report.snapshot.verify import check_snapshot

    checked = check_snapshot(folder)
    if as_json:
        print_json(asdict(checked))
        return 1 if checked.problems else 0
    say(f"Series {checked.series}, made {checked.made_at}: {checked.files} files, {checked.rows:,} rows.")
    say(f"SHA-256 of its SHA256SUMS: {checked.sha256}. The publisher's audit log has the same, or it is not theirs.")
    if checked.identifiable:
        say("It is IDENTIFIABLE: it holds people's words.")
    for problem in checked.problems:
        say(problem)
    say("Everything agrees." if not checked.problems else f"{len(checked.problems)} problems.")
    return 1 if checked.problems else 0


@app.command("list")
def list_(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show the snapshots that lie in the workspace, the oldest first.

    Example: scanner snapshot list
    """
    from scanner.report.snapshot.folders import list_snapshots
    from scanner.workspace import open_workspace

    found = list_snapshots(open_workspace(workspace).data)
    if as_json:
        print_json([{**one.told, "path": one.path} for one in found])
        return
    print_table("Snapshot", ("folder", "series", "#posts", ""), [_listed(one) for one in found])


@app.command("query")
def query(
    folder: FolderArgument,
    sql: Annotated[str, typer.Argument(help="One SELECT.")],
    rows: Annotated[int, typer.Option(min=1, max=100_000, help="Rows shown at most.")] = 1000,
    as_json: JsonOption = False,
) -> None:
    """Ask a snapshot in a process that can read it and nothing else, for 5 seconds and in 512 MB.

    Example: scanner snapshot query data/snapshots/latest "SELECT phase, count(*) FROM posts GROUP BY ALL"
    """
    from scanner.store.sandbox import query as ask

    files = sorted(folder.glob("snapshot*.duckdb"))
    if not files:
        raise UsageError(f"{folder}: holds no snapshot; name a folder in data/snapshots")
    answer = ask(files[0], sql, rows=rows)
    if as_json:
        _require_apart(answer.columns)
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
    else:
        print_table("", answer.columns, answer.rows)
    if answer.cut:
        say(f"There is more: only the first {rows} rows are shown; --rows shows more.")


@app.command("forget-key")
def forget_key(series: Annotated[str, typer.Argument(help="The series.")], workspace: WorkspaceOption = Path()) -> None:
    """Destroy the key of a series: nobody can link its ids to anything ever again. It cannot be undone.

    The next snapshot of the series gets a new key. Example: scanner snapshot forget-key research
    """
    from scanner.report.snapshot.pseudonyms import destroy_key
    from scanner.store import audit
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    if not destroy_key(opened.data, series):
        raise UsageError(f"series {series}: has no key; nothing was published in it, or its key is destroyed already")
    with opened.store.lease("snapshot: forget key") as lease:
        audit.append(lease, actor=operator(), action="snapshot.forget_key", subject=series, detail={})
    say(f"The key of {series} is destroyed. Copies of it in backups go when those expire.")


def _require_apart(columns: Sequence[str]) -> None:
    """Refuse columns of one name: an object has each name once, so one of them would be lost."""
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise UsageError(f"two columns are called {', '.join(twice)}; with --json name each apart, by AS")


def _listed(one: Lying) -> tuple[object, ...]:
    """Return the line of a snapshot; one whose snapshot.json is not as it was written says so."""
    rows = one.told.get("rows")
    posts, series = rows.get("posts") if isinstance(rows, dict) else None, one.told.get("series")
    if not (isinstance(posts, int) and isinstance(series, str) and isinstance(one.told.get("identifiable"), bool)):
        return one.path.name, "?", "?", "its snapshot.json is not as it was written: `scanner snapshot verify` it"
    return one.path.name, series, posts, "IDENTIFIABLE" if one.told["identifiable"] else ""
