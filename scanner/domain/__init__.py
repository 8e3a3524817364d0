"""The nouns of the scanner as frozen records with stable ids. This room knows nothing else."""
