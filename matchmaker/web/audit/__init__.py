"""Doors of the record: read, exported, checked; never changed."""
