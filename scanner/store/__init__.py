"""The record: DuckDB in short leases, evidence as write-once files, and a chain of audit events."""
