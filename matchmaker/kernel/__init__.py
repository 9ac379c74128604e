"""The foundation under every room: database, time, words, permissions, events. Knows no domain."""
