"""Pages of matching: the board, runs, matches of a challenge, recommendations for a team."""
