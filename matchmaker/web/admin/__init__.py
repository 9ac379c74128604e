"""Doors of administration: accounts and staff roles."""
