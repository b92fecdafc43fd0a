"""What runs by itself: the relay, the ingest and the calendar."""
