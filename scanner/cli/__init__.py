"""scanner <verb>: thin doors over the rooms. Data on stdout, progress and messages on stderr."""
