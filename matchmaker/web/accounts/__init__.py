"""Doors of accounts: signing in, registering, new passwords, invitations."""
