"""Old snapshots leave: so many of a series stay, the others go from the disk and from the record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from scanner.report.snapshot import folders
from scanner.store import audit, exports
from scanner.store.connection import Store


def prune(store: Store, series: str, *, keep: int, by: str, at: datetime) -> tuple[Path, ...]:
    """Remove all but the newest of a series, with and without words, and forget what lies no more."""
    data = store.path.parent
    ours = [one for one in folders.list_snapshots(data) if one.told.get("series") == series]
    # Those with words are counted apart: else one of them could push out the one to which `latest` leads.
    kinds = [[one.path for one in ours if bool(one.told.get("identifiable")) is words] for words in (False, True)]
    old = tuple(path for paths in kinds for path in paths[: max(0, len(paths) - keep)])
    for path in old:
        folders.remove(path)
    with store.lease("snapshot: forget old ones") as lease:
        exports.follow_moved(lease)
        noted = [one.path for one in exports.load_exports(lease) if one.kind == "snapshot"]
        lost = [path for path in noted if not Path(path).is_dir()]
        if lost:
            lease.execute("DELETE FROM exports WHERE path = ANY(?::VARCHAR[])", [lost])
            detail = {"series": series, "snapshots": [Path(path).name for path in lost]}
            audit.append(lease, actor=by, action="snapshot.prune", subject=series, detail=detail, at=at)
    return old
