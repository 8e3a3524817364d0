"""Named checks of a workspace, each with what to do next: one module for each subject."""

from __future__ import annotations

from scanner.doctor.check import Check, State
from scanner.doctor.examine import CHECKS, examine

__all__ = ["CHECKS", "Check", "State", "examine"]
