"""Makers of things for tests. Each makes a complete, valid thing; name only what matters.

Rooms add their makers as modules beside this one and as methods of :class:`People` subclasses,
or as plain functions ``make_team(session, …)``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from matchmaker.accounts import queries, service
from matchmaker.accounts.models import User
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.programs.models import Call, Program

_numbers = count(1)


class People:
    """Makes people with hats, and the programmes and organisations they wear them in."""

    def __init__(self, session: Session, now: datetime):
        self.session = session
        self.now = now

    def user(
        self, name: str = "", *hats: tuple[Role, Scope, int], lang: Lang | None = None
    ) -> User:
        """An active account holding these roles."""
        number = next(_numbers)
        user = service.create_user(
            self.session,
            email=f"person{number}@example.org",
            name=name or f"Person {number}",
            password_hash=None,
            actor=SYSTEM,
            now=self.now,
            lang=lang,
            active=True,
        )
        for role, scope, scope_id in hats:
            service.give_role(self.session, user, role, scope, scope_id, actor=SYSTEM, now=self.now)
        self.session.commit()
        return user

    def actor(self, user: User) -> Actor:
        """The person as policies see them."""
        return queries.actor_of(self.session, user)

    def organization(
        self, name: str = "Acme", type: OrgType = OrgType.COMPANY, **values: object
    ) -> Organization:
        """An organisation."""
        number = next(_numbers)
        organization = Organization(
            ref=reference("OR", number),
            name=Localized(zh_TW=None, en=f"{name} {number}"),
            type=type,
            created_at=self.now,
            **values,
        )
        self.session.add(organization)
        self.session.commit()
        return organization

    def program(self, name: str = "Programme") -> Program:
        """A programme."""
        number = next(_numbers)
        program = Program(
            slug=f"programme-{number}", name=Localized(en=f"{name} {number}"), created_at=self.now
        )
        self.session.add(program)
        self.session.commit()
        return program

    def call(
        self, program: Program | None = None, *, closes_in: timedelta = timedelta(days=30),
        **values: object,
    ) -> Call:  # fmt: skip
        """A published call that opened ten days ago."""
        number = next(_numbers)
        call = Call(
            slug=f"call-{number}",
            program=program or self.program(),
            name=Localized(en=f"Call {number}"),
            opens_at=self.now - timedelta(days=10),
            closes_at=self.now + closes_in,
            published_at=self.now - timedelta(days=20),
            created_at=self.now - timedelta(days=20),
            **values,
        )
        self.session.add(call)
        self.session.commit()
        return call

    def owner_lead(self, organization: Organization) -> User:
        """Somebody who leads an organisation."""
        return self.user("", (Role.OWNER_LEAD, Scope.ORGANIZATION, organization.id))

    def owner_member(self, organization: Organization) -> User:
        """Somebody who works for an organisation."""
        return self.user("", (Role.OWNER_MEMBER, Scope.ORGANIZATION, organization.id))

    def pm(self, program: Program) -> User:
        """A programme manager."""
        return self.user("", (Role.PM, Scope.PROGRAM, program.id))

    def admin(self) -> User:
        """An administrator of the platform."""
        return self.user("", (Role.ADMIN, Scope.PLATFORM, 0))

    def auditor(self) -> User:
        """An auditor."""
        return self.user("", (Role.AUDITOR, Scope.PLATFORM, 0))
