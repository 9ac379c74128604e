"""The mail server: ``smtp://user:password@host:587`` or ``smtps://host:465``."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from matchmaker.notifications.sending import Envelope, NotSent

TIMEOUT = 20  # seconds
PORTS = {"smtp": 587, "smtps": 465}


class Smtp:
    """Carries mail to one server, encrypted wherever the server offers it.

    A password is never sent without encryption.
    """

    def __init__(self, url: str, sender: str, site_url: str):
        """Read the address of the server.

        Raises:
            ValueError: it is not an address of a mail server.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("SMTP_URL looks like smtp://user:password@mail.example:587")
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._is_encrypted = parts.scheme == "smtps"
        self._sender = sender
        self._own_name = urlsplit(site_url).hostname or "localhost"

    def send(self, envelope: Envelope) -> None:
        """Hand a mail over.

        Raises:
            NotSent: the server is away, or does not take it.
        """
        try:
            message = self.message(envelope)
        except ValueError as error:
            raise NotSent(f"not a mail: {error}", is_final=True) from None
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            is_final = bool(codes) and all(code >= 500 for code in codes)
            raise NotSent(f"recipient refused: {codes}", is_final=is_final) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from None

    def message(self, envelope: Envelope) -> EmailMessage:
        """The mail with its headers.

        Raises:
            ValueError: a line break stands where none may stand.
        """
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = envelope.to
        message["Subject"] = envelope.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = f"<{envelope.name}@{self._own_name}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(envelope.body)
        return message

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self._user:
                server.close()
                raise smtplib.SMTPException("the server offers no encryption for the password")
        if self._user:
            server.login(self._user, self._password)
        return server


def transport(url: str, *, sender: str, site_url: str) -> Smtp | None:
    """The mail server of the settings; None when none is set, and mail waits in the outbox."""
    return Smtp(url, sender, site_url) if url else None
