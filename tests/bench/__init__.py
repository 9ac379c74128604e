"""Measurements: pages beside a bare page over the same rows, and how long matching takes.

``python -m tests.bench`` prints tables; nothing here is asserted, for clocks differ.
"""
