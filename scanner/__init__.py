"""Scanner: watches the election neutrality of listed civil servants' public posts, for human review."""

__version__ = "0.1.0"
