"""Records in: organisations, challenges and teams out of files, and where each came from."""
