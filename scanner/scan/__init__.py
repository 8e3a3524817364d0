"""One run: plan who is looked at, gather or import, flag what met its elements."""
