"""People: accounts, the roles they hold in something, sign-in sessions and mailed tokens.

Words: *user* – a person's account; *grant* – one role held in one thing; *session* – one signed-in
browser; *token* – a secret sent by mail, usable once. Knows no room above; a grant names the thing
it is held in by kind and number (see :class:`matchmaker.kernel.actor.Scope`).
"""
