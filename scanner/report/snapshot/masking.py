"""What is masked in words that leave the house: handles, addresses, and every number long enough to be somebody's.

It is no anonymising: names in running text stay, and a search engine finds words again. Such files are identifiable.
"""

from __future__ import annotations

MASK = "…"
_ADDRESS = (
    r"(?i)\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|id|org|net|me|ly|gl|co|io|tv|example)(?:/\S*)?\b"
)
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_HANDLE = r"@[\w.\-]+(?:@[\w.\-]+)?"
_NUMBER = r"\+?\d(?:[ .\-()/]{0,2}\d){7,}"
"""Eight digits or more, however they are grouped: telephone, NIK (16), NIP (18), account numbers."""


def masked(column: str) -> str:
    """Return the SQL of a column with what leads to somebody replaced."""
    sql = column
    for pattern, left in ((_MAIL, MASK), (_ADDRESS, MASK), (_HANDLE, f"@{MASK}"), (_NUMBER, MASK)):
        sql = f"regexp_replace({sql}, '{pattern}', '{left}', 'g')"
    return sql
