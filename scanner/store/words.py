"""The words of versions and about them: what goes from the rows when a post leaves, and what stays without them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from scanner.store import marks
from scanner.store.connection import Lease
from scanner.store.marks import Mark

_OF_VERSIONS = (
    "DELETE FROM signals WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM exculpatory WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flag_findings WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flags WHERE id = ANY(?::VARCHAR[])",
    "DELETE FROM scores WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM media WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM drafts WHERE item_id = ANY(?::VARCHAR[])",
    "DELETE FROM draws WHERE id = ANY(?::VARCHAR[])",
    "DELETE FROM gold WHERE item_id = ANY(?::VARCHAR[])",
    "DELETE FROM edits WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM assignments WHERE item_id = ANY(?::VARCHAR[])",
    "DELETE FROM versions WHERE id = ANY(?::VARCHAR[])",
)
"""Everything that holds words of a version; a flag has the id of its version."""

# What reviewers decided stays: how far they agree is reckoned from it, post by post, whichever post it was.
_SAID = (
    "UPDATE judgements AS j SET flag_id = m.mark, note = '' FROM marked AS m WHERE m.id = j.flag_id",
    """UPDATE adjudications AS j SET item_id = m.mark, reason = '(purged)' FROM marked AS m WHERE m.id = j.item_id""",
    "UPDATE referrals AS r SET flag_id = m.mark FROM marked AS m WHERE m.id = r.flag_id",
)
"""What stays of reviewers' words: verdicts and codes, under the mark of what they were said of."""


def forget_words(lease: Lease, versions: Sequence[str]) -> None:
    """Delete what holds words of these versions; judgements stay under their marks, without what was written."""
    key = marks.load_key(lease)
    made = [marks.mark(key, Mark.VERSION, version) for version in versions]
    names = pa.array(versions, pa.string())
    lease.register("marked", pa.table({"id": names, "mark": pa.array(made, pa.string())}))
    for statement in _SAID:
        lease.execute(statement)
    lease.execute("UPDATE assignments SET before_id = NULL WHERE before_id = ANY(?::VARCHAR[])", [list(versions)])
    for statement in _OF_VERSIONS:
        lease.execute(statement, [list(versions)])
