"""Figures for Prometheus, as a text file or over HTTP: docs/metrics.md names each.

Labels are platforms, outcomes and classes of trouble. Never a handle, a name, an agency with a rule, a person, a run.
Moments are told as Unix times and not as ages: a file that is written no more would keep an age young for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from scanner.domain.runs import Outcome
from scanner.report.figures import Figures
from scanner.store import files
from scanner.store.operations import Operations, Trouble

Value = float | datetime | timedelta | None
Values = Value | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure."""

    name: str
    help: str
    read: Callable[[Figures], Values]
    label: str | None = None
    """What its values are told apart by."""


def _record(read: Callable[[Operations], Values]) -> Callable[[Figures], Values]:
    """Read a figure of the record; not known where that could not be read."""
    return lambda figures: None if figures.record is None else read(figures.record)


def _each(kinds: type[StrEnum], counts: str) -> Callable[[Figures], Values]:
    """Read counts of the record by kind; a kind that did not occur counts 0, so that nothing comes and goes."""
    return _record(lambda record: {one: getattr(record, counts).get(one, 0) for one in kinds})


METRICS: tuple[Metric, ...] = (
    Metric("record_readable", "Whether the database could be read (1) or not (0)", lambda f: f.record is not None),
    Metric("last_success_timestamp_seconds", "End of the last scan that succeeded", _record(lambda r: r.succeeded_at)),
    Metric("last_run_timestamp_seconds", "End of the last scan, however it ended", _record(lambda r: r.ended_at)),
    Metric("last_run_duration_seconds", "What the last scan took", _record(lambda r: r.seconds)),
    Metric("last_run_exit_code", "Exit code of the last scan", _record(lambda r: r.exit_code)),
    Metric("accounts", "Listed accounts by what the latest look brought", _each(Outcome, "accounts"), "outcome"),
    Metric("accounts_stale", "Accounts not looked at for two intervals", lambda f: f.stale),
    Metric("posts", "Posts on record", _record(lambda r: r.posts), "platform"),
    Metric("errors_day", "Looks of the last 24 hours that were not complete", _each(Trouble, "troubles"), "class"),
    Metric("requests_day", "Requests of the scans of the last 24 hours", _record(lambda r: r.requests)),
    Metric("throttled_day", "Answers of the last 24 hours to come later (429, 503)", _record(lambda r: r.throttled)),
    Metric("queue_items", "Items that wait for reviewers", _record(lambda r: sum(map(len, r.waiting.values())))),
    Metric("queue_overdue", "Items that wait past their legal deadline", lambda f: f.overdue),
    Metric("queue_oldest_timestamp_seconds", "When the oldest of them became known", _record(lambda r: r.oldest)),
    Metric("queue_held", "Items in reviewers' hands", _record(lambda r: r.held)),
    Metric("free_bytes", "Free on the disk of the workspace", lambda f: f.free_bytes),
    Metric("database_bytes", "Size of the database; a purge needs as much free", lambda f: f.database_bytes),
    Metric("chain_events", "Number of the last event of the audit chain", _record(lambda r: r.events)),
    Metric("chain_verified_events", "Number of the event up to which `scanner verify` checked", lambda f: f.verified),
    Metric("chain_verified_timestamp_seconds", "When `scanner verify` found all in order", lambda f: f.verified_at),
    Metric("last_backup_timestamp_seconds", "When the last backup was made", _record(lambda r: r.backed_up_at)),
    Metric("purge_lag_days", "Days by which posts still there are past theirs, at least", lambda f: f.purge_lag_days),
    Metric("outbox_messages", "Notifications that could not be sent yet", lambda f: f.outbox),
    Metric("schedule_paused", "Whether the schedule is paused (1) or not (0)", _record(lambda r: r.paused)),
    Metric("schedule_interval_seconds", "Between two looks at an account, as set for now", lambda f: f.interval),
    Metric("next_due_timestamp_seconds", "When the next account is due", lambda f: f.next_due),
)
"""In the order they are told. `scanner_` stands before each name."""


@dataclass(frozen=True, slots=True, eq=False)
class Told(Collector):
    """Tells figures to a registry; they are read anew each time it is asked."""

    read: Callable[[], Figures]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every figure that is known."""
        figures = self.read()
        for metric in METRICS:
            values = metric.read(figures)
            if values is not None:
                yield _family(metric, values if isinstance(values, Mapping) else {"": values})


def registry_of(read: Callable[[], Figures]) -> CollectorRegistry:
    """Return a registry that tells these figures and nothing else: not the process, not the Python it runs on."""
    registry = CollectorRegistry()
    registry.register(Told(read))
    return registry


def render(figures: Figures) -> str:
    """Return the figures in Prometheus' text format."""
    return generate_latest(registry_of(lambda: figures)).decode()


def write_textfile(path: Path, text: str) -> None:
    """Write the figures for the node exporter, whole or not at all; all may read them, for nobody is in them.

    StoreError when the disk refuses.
    """
    files.write_durably(path, text.encode(), mode=0o644)


def _family(metric: Metric, values: Mapping[str, Value]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"scanner_{metric.name}", metric.help, labels=[metric.label] if metric.label else [])
    for name, value in sorted(values.items()):
        family.add_metric([name] if metric.label else [], _number(value))
    return family


def _number(value: Value) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return value.total_seconds() if isinstance(value, timedelta) else float(value or 0)
