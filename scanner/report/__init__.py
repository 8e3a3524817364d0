"""What the record says about itself: runs, coverage, queues."""
