"""The sections of scanner.toml, one class each: what may stand there, its bounds, and what holds without it."""

from __future__ import annotations

from scanner.sections.gathering import MandateSettings, MediaSettings, NetworkSettings, PlatformSettings
from scanner.sections.keeping import BackupSettings, PhaseRetention, RetentionSettings, TimestampSettings
from scanner.sections.reviewing import ReviewSettings, SnapshotSettings
from scanner.sections.running import (
    LogSettings,
    MetricsSettings,
    ScheduleSettings,
)
from scanner.sections.section import Section
from scanner.sections.telling import NotificationSettings, PingSettings

__all__ = [
    "BackupSettings",
    "LogSettings",
    "MandateSettings",
    "MediaSettings",
    "MetricsSettings",
    "NetworkSettings",
    "NotificationSettings",
    "PhaseRetention",
    "PingSettings",
    "PlatformSettings",
    "RetentionSettings",
    "ReviewSettings",
    "ScheduleSettings",
    "Section",
    "SnapshotSettings",
    "TimestampSettings",
]
