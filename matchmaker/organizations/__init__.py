"""Companies, associations, agencies, institutes and universities, and who speaks for them.

Words: *owner lead* and *owner member* – people who post problems for an organisation; *tie* – a
known relation of two organisations (parent, supplier, investor) that makes a conflict of interest.
Above accounts; below programmes, challenges and teams.
"""
