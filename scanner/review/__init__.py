"""The human half: what a reviewer is shown and what becomes of the decision, without HTTP."""
