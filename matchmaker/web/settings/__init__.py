"""Doors of one's own account: profile, password, address, sessions."""
