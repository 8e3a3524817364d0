"""Real servers from package registries for the slow tests: installed by name and version, never kept in git."""
