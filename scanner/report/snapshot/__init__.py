"""Snapshots: what researchers may see of the record, without whom it is about, as files of their own."""
