"""The demo programme: true cases of a report, and an invented cohort in full swing.

Everything is entered through the same verbs that people use, with the actors who would use them
and at the times at which they would have done so; dates are relative to the day of loading.
"""
