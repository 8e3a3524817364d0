"""Tables that leave the record: flags, judgements, texts and agreement, each with its README and dictionary."""
