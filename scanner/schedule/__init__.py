"""Scans that run by themselves."""
