"""The append-only record: who did what, in which role, from where, before, after and why.

Every verb that changes something calls :func:`matchmaker.audit.service.record` in its own
transaction. Entries form a chain: each holds the hash of the one before it.
"""
