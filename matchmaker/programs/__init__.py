"""Programmes, their calls, and the dates, rules and budgets of a call.

Words: *programme* – the container with its own staff; *call* – one round with opening and closing
time, to which challenges belong. Above organisations, below challenges.
"""
