"""What is masked in words that leave the house: handles, addresses, and every number long enough to be somebody's.

It is no anonymising: a search engine finds words again. Such files are identifiable. Names are masked by `naming`.
"""

from __future__ import annotations

MASK = "…"
_WORD, _AT = r"[\w\p{L}\p{N}", "[@＠]"
"""Signs of a name, the class still open; and the at sign, full width too."""
_ENDINGS = "com|id|org|net|me|ly|gl|co|io|tv|social|app|link|site|info|xyz|example"
_ADDRESS = rf"(?i)\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*(?:\.(?:{_ENDINGS})(?:/\S*)?\b|\.[a-z][\w-]+/\S*)"
_MAIL = rf"{_WORD}.+-]+{_AT}[\w-]+(?:\.[\w-]+)+"
_HANDLE = rf"{_AT}{_WORD}.\-]+(?:{_AT}[\w.\-]+)?"
_NUMBER = r"\+?\p{Nd}(?:[\t._()/\p{Zs}\p{Pd}\p{Cf}]{0,2}\p{Nd}){7,}"
"""Eight digits or more, however they are grouped and whatever space or dash is between them: telephone, NIK (16), NIP
(18), account numbers."""


def masked(column: str) -> str:
    """Return the SQL of a column with what leads to somebody replaced."""
    sql = column
    for pattern, left in ((_MAIL, MASK), (_ADDRESS, MASK), (_HANDLE, f"@{MASK}"), (_NUMBER, MASK)):
        sql = f"regexp_replace({sql}, '{pattern}', '{left}', 'g')"
    return sql
