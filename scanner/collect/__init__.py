"""Gathering public posts of listed accounts: one guarded client, one collector per platform, importers of files."""
