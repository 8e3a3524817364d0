"""The review desk in a browser: one file per page, views are functions, templates hold no decisions."""
