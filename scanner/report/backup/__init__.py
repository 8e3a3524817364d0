"""Copies against loss: encrypted, read back, gone after their days, and restored without what was erased since."""
