"""The first page: public, or the list of what waits for a signed-in person."""
