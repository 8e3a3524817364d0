"""Signals, phase, elements and score become a flag or none."""
