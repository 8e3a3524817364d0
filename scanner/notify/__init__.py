"""Being told: what is sent when runs end and when something needs a hand. Counts and a link, never a person."""
