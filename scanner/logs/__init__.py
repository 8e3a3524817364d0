"""What is written about the program's own doings into logs/: one line for each event, without secrets and persons.

What others wrote never stands in it: of texts that a log call is handed only those are written that the program made
itself (`Word`); every other one becomes a short keyed hash, by which lines about the same account can be told.
"""

from __future__ import annotations

from scanner.logs.keeping import NAME, begin, crashed, end, refused
from scanner.logs.lines import cause_of
from scanner.logs.masks import Word

__all__ = ["NAME", "Word", "begin", "cause_of", "crashed", "end", "refused"]
