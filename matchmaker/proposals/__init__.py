"""A team's answer to a challenge: drafted, versioned, handed in, and followed to a decision.

Words: *proposal* – one team's answer to one challenge; *version* – what it said when it was saved
for good, numbered from 1 and never changed. Above challenges and teams.
"""
