"""Doors of messages: the outbox for those who look after it, notices for everybody."""
