"""Texts that try to forge a line, colour a terminal, or break out of JSON, as they stand in handles and User-Agents."""

from __future__ import annotations

PAYLOADS = (
    "budi\nERROR scanner.scan.run palsu",
    "budi\r\n2026-11-22T00:00:00.000Z critical scanner palsu",
    "budi\rpalsu",
    "budi\x0bpalsu",
    "budi\x0cpalsu",
    "budi\x85palsu",
    "budi\u2028palsu",
    "budi\u2029palsu",
    "budi\x1b[31mmerah\x1b[0m",
    "budi\x1b]0;judul\x07",
    "budi\x9b31mmerah",
    "budi\x00palsu",
    "budi\x08\x08\x08\x08ani",
    '"} {"level": "critical", "event": "palsu"',
    '\\"} palsu',
    "budi\\npalsu\\",
    "budi\u202edub",
    "%s %d %(name)s {0}",
    "budi\ud800palsu",
    '\' process=1 error=["palsu"]\t\x7f',
)
