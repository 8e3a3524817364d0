"""Importers: files that other tools wrote, read as sightings of posts. `registry.read` is the door."""
