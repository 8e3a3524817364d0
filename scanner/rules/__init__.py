"""The catalogue as code: clauses, elections, codes and lexicon read strictly, and matched without judging."""
