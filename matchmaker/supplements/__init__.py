"""What became of a team's matches after a run: computed for that team alone, beside the run.

A run is a record: what it said once it goes on saying, with its digest, and people decided on it.
So when a team changes its profile, or a new team comes, the run is left as it is. The team alone
is scored with the statistics, weights and rules of the run, against the challenges the run read,
and the outcome is kept as a *supplement*: which version of the profile was read and when, each
pair with its score and the score in the run, and the place it would take among the teams of the
run. A supplement changes no rank of anybody, counts in no figure of the run, and is shown as
"updated after the run" to the programme office on the board and to the team itself. The next run
reads everything anew, and its supplements begin empty.

Unchanged texts keep their numbers (to a millionth), so what differs differs because of the team.
The cost is that of one team, however many there are: nothing of the others is read but scores.

Neighbours: listens to ``teams`` and ``matching``; the pages of matching show it.
"""
