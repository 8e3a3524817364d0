"""The demo: a fictional province, its civil servants, and a small platform that speaks the real protocols."""
