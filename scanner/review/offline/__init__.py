"""Reviewing without server and network: one file goes out, one file of judgements comes back."""
