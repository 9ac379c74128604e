"""Pages of the showcase."""
