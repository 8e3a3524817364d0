"""scanner erase: a post on request, wholly and from the bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import DryRunOption, WorkspaceOption, operator
from scanner.cli.output import say
from scanner.errors import UsageError


def erase(
    post: Annotated[list[str], typer.Argument(help="Post ids, as in `scanner queue`; several may be named.")],
    reason: Annotated[str, typer.Option(help="Why, for the audit chain: who asked, by which norm.")],
    workspace: WorkspaceOption = Path(),
    dry_run: DryRunOption = False,
) -> None:
    """Erase posts with their versions, flags, scores, pictures and raw answers, and write the database anew.

    What stays: judgements without text, a keyed mark by which it is kept from coming back, and an audit event.
    Example: scanner erase x:1846987139428634858 --reason "permintaan X 12 November 2026"
    """
    from scanner.domain.retention import Outcome
    from scanner.store import posts
    from scanner.store.erase import erase_posts, finish_erasing, tidy
    from scanner.store.tombstones import Tomb
    from scanner.workspace import open_workspace

    if not reason.strip():
        raise UsageError("--reason is empty: say who asked for it and by which norm")
    store, now = open_workspace(workspace).store, datetime.now(UTC)
    if not dry_run:
        tidy(store, now, by=operator())  # the posts of an earlier call that was killed are unknown by now
    with store.lease("erase") as lease:
        known = posts.known_ids(lease, post)
        if unknown := sorted(set(post) - known):
            raise UsageError(f"{unknown[0]}: no such post on record; `scanner queue --json` shows the ids")
        if dry_run:
            say(f"{len(known)} posts would be erased.")
            return
        tombs = dict.fromkeys(known, Tomb(Outcome.ERASED))
        done = erase_posts(lease, known, reason=reason, by=operator(), at=now, tombs=tombs)
    finish_erasing(store)
    say(f"{done.posts} posts and {done.captures} raw answers erased; the database is written anew.")
