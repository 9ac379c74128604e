"""The door of the clock: background work and what has to happen every minute.

Words: *job* – one piece of work in the queue; *chore* – something done every minute. The queue
only wakes a worker; what has to be done stands in the database, so a lost job is found again.
Start a worker with ``python -m matchmaker.jobs``; ``matchmaker serve`` does it by itself.
"""
