"""Messages: an outbox for mail and a list of notices in the product.

Listens to the events of the rooms below and tells those who asked to know. Mail is queued in the
transaction of the change it speaks of and sent afterwards, once.
"""
