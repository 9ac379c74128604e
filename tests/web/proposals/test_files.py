"""Files of a proposal: what is accepted, how they are sent, and who gets them."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from matchmaker.accounts import sessions
from matchmaker.app import create_app
from matchmaker.audit import queries as audit
from matchmaker.cli.migrate import metadata
from matchmaker.kernel import clock
from matchmaker.kernel.database import Database
from matchmaker.kernel.files import MOST_BYTES, FileStore
from matchmaker.proposals import attaching, queries
from matchmaker.proposals.attaching import MOST_FILES, Upload
from matchmaker.proposals.models import Attachment
from tests.conftest import NOON
from tests.factories import People
from tests.factories.proposals import another_team, both, hand_in, make_stage

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64
EXE = b"MZ" + b"\x00" * 400
PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def packed(*names):
    """An office document with these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name in ("[Content_Types].xml", *names):
            file.writestr(name, "<x/>")
    return content.getvalue()


def bomb():
    """A document that unpacks to 500 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<x/>")
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(500):
                part.write(b"\x00" * 1_000_000)
    return content.getvalue()


def add(browser, proposal, content=PDF, name="plan.pdf", document=""):
    sent = {"file": FileStorage(io.BytesIO(content), name), "document": document}
    boundary, body = encode_multipart(sent)
    return browser.post(
        f"/proposals/{proposal.key}/attachments",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def only(session, proposal):
    session.commit()
    (file,) = queries.attachments(session, proposal)
    return file


def take(browser, address):
    """A file as it comes down, read to its end."""
    return browser.get(address, buffered=True)


def url(proposal, file, end=""):
    return f"/proposals/{proposal.key}/attachments/{file.public_id}{end}"


ACCEPTED = {
    "plan.pdf": PDF,
    "PLAN.PDF": PDF,
    "line.png": PNG,
    "line.jpeg": JPG,
    "table.csv": "品項,金額\n鏡頭,100\n".encode(),
    "big5.csv": "品項,金額\n".encode("cp950"),
    **{f"office.{kind}": packed(part) for kind, part in PARTS.items()},
}
REFUSED = {
    "page.html": (b"<html>", "Files of this kind are not accepted."),
    "picture.svg": (b"<svg/>", "Files of this kind are not accepted."),
    "plan.pdf.exe": (PDF, "Files of this kind are not accepted."),
    "plan": (PDF, "Files of this kind are not accepted."),
    ".pdf": (PDF, "Files of this kind are not accepted."),
    "plan.pdf\u202e": (EXE, "The content is not what the extension .pdf says."),
    "exe.pdf": (EXE, "The content is not what the extension .pdf says."),
    "page.pdf": (b"<html>%PDF-1.4", "The content is not what the extension .pdf says."),
    "page.csv": (b"\xef\xbb\xbf <script>alert(1)</script>", "The content is not what"),
    "pdf.csv": (PDF, "The content is not what the extension .csv says."),
    "word.xlsx": (packed("word/document.xml"), "The content is not what"),
    "plain.docx": (b"PK\x03\x04 broken", "The content is not what"),
    "macro.docx": (packed("word/document.xml", "word/vbaProject.bin"), "Documents with macros"),
    "empty.pdf": (b"", "The file is empty."),
}


@pytest.mark.parametrize("name", list(ACCEPTED))
def test_every_accepted_kind_is_kept_byte_by_byte(session, stage, browse, read, name):
    proposal, browser = stage.started(), browse("member")

    answer = add(browser, proposal, ACCEPTED[name], name)

    assert answer.status_code == 302
    assert name in read(browser.get(answer.location))
    got = take(browser, url(proposal, only(session, proposal)))
    assert got.get_data() == ACCEPTED[name]


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_not_accepted_is_refused_in_words(session, stage, browse, read, name):
    proposal = stage.started()
    content, sentence = REFUSED[name]

    answer = add(browse("lead"), proposal, content, name)

    assert answer.status_code == 422
    assert sentence in read(answer)
    assert session.scalar(select(Attachment)) is None


@pytest.mark.slow
def test_a_document_that_unpacks_to_far_too_much_is_refused(stage, browse, read):
    answer = add(browse("lead"), stage.started(), bomb(), "bomb.docx")

    assert answer.status_code == 422
    assert "unpacks to far too much" in read(answer)


def test_a_file_may_be_large_but_not_larger(session, stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    filled = PDF + b" " * (MOST_BYTES - len(PDF))

    over = add(browser, proposal, filled + b" ")
    fits = add(browser, proposal, filled)
    huge = add(browser, proposal, filled + b" " * 200_000)

    assert (over.status_code, fits.status_code, huge.status_code) == (422, 302, 413)
    assert "The file is larger than 20 MB." in read(over)
    assert only(session, proposal).size == MOST_BYTES


@pytest.mark.parametrize("where", ["/proposals/new", "/login", "/proposals/{key}/edit/answer"])
def test_other_pages_take_no_large_body(stage, browse, where):
    proposal = stage.started()
    body = {"challenge": "x" * 1_100_000}

    answer = browse("lead").post(where.format(key=proposal.key), data=body)

    assert answer.status_code == 413


def test_a_visitor_sends_no_large_body(stage, browse):
    answer = browse("public").post(
        f"/proposals/{stage.started().key}/attachments",
        data=b"x" * 2_000_000,
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413


def test_no_file_and_no_field_are_said_in_words(stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    path = f"/proposals/{proposal.key}/attachments"

    for body in ({}, {"file": "text instead of a file"}, {"file": (io.BytesIO(b""), "")}):
        answer = browser.post(path, data=body, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "Choose a file." in read(answer)
    assert browser.post(path, data=b"broken", content_type="multipart/form-data").status_code < 500


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("計畫書 🚀 (最終版).pdf", "計畫書 🚀 (最終版).pdf"),
        ("a;b=c&d.pdf", "a;b=c&d.pdf"),
        ("<b>x</b>.pdf", "b_.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("計" * 300 + ".pdf", "計" * 116 + ".pdf"),
        ("＝cmd.ｐｄｆ", "＝cmd.ｐｄｆ"),
    ],
)
def test_an_odd_name_is_shown_harmlessly_and_never_used(session, stage, browse, sent, shown):
    proposal, browser = stage.started(), browse("lead")

    assert add(browser, proposal, name=sent).status_code == 302

    file = only(session, proposal)
    assert file.name == shown
    assert len(file.stored_as) == 32
    assert file.stored_as.isascii()
    answer = take(browser, url(proposal, file))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert browser.get(f"/proposals/{proposal.key}").status_code == 200


def test_a_download_opens_nowhere_as_a_page_of_ours(session, stage, browse):
    proposal, browser = stage.started(), browse("lead")
    add(browser, proposal, PNG, "line.png")

    answer = take(browser, url(proposal, only(session, proposal)))

    name = f"{stage.challenge.ref}_{stage.team.ref}_line.png"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers


@pytest.mark.parametrize(
    "file_id", ["../../matchmaker.db", "..%2f..%2fmatchmaker.db", "x" * 5000, "🚀", "0", "%00", "."]
)
def test_an_id_that_is_none_is_not_found(stage, browse, file_id):
    proposal, browser = stage.started(), browse("lead")

    for path in (file_id, f"{file_id}/remove"):
        answer = browser.open(
            f"/proposals/{proposal.key}/attachments/{path}",
            method="POST" if path.endswith("remove") else "GET",
        )
        assert answer.status_code in {400, 404, 405}


def test_a_file_is_reached_through_its_own_proposal_only(session, stage, browse):
    theirs = stage.started()
    add(browse("lead"), theirs)
    file = only(session, theirs)
    team, lead = another_team(stage)
    own = stage.started(team=team, lead=lead)
    stage.extra["rival"] = lead

    assert take(browse("rival"), url(own, file)).status_code == 404
    assert browse("rival").post(url(own, file, "/remove")).status_code == 404
    assert take(browse("rival"), url(theirs, file)).status_code == 404
    assert take(browse("lead"), url(theirs, file)).status_code == 200


def test_there_is_an_end_to_the_number_of_files(session, stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    add(browser, proposal)
    first = only(session, proposal)
    for number in range(MOST_FILES - 1):
        session.add(
            Attachment(
                proposal_id=proposal.id, name="x.pdf", kind="pdf", size=1, sha256="0" * 64,
                stored_as=f"x{number}", added_at=stage.now,
            )
        )  # fmt: skip
    session.commit()

    answer = add(browser, proposal)

    assert answer.status_code == 422
    assert "There are as many files as a proposal can have." in read(answer)
    browser.post(url(proposal, first, "/remove"))
    assert add(browser, proposal).status_code == 302


def test_a_removed_file_that_no_version_holds_is_gone(session, stage, browse):
    proposal, browser = stage.started(), browse("lead")
    add(browser, proposal)
    file = only(session, proposal)

    assert browser.post(url(proposal, file, "/remove")).status_code == 302

    assert take(browser, url(proposal, file)).status_code == 404
    assert browser.post(url(proposal, file, "/remove")).status_code == 404
    assert session.scalar(select(Attachment)) is None


def test_a_removed_file_stays_with_the_version_that_holds_it(session, stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    add(browser, proposal)
    file = only(session, proposal)
    browser.post(f"/proposals/{proposal.key}/versions")

    browser.post(url(proposal, file, "/remove"))

    assert "plan.pdf" not in read(browser.get(f"/proposals/{proposal.key}/attachments"))
    assert "plan.pdf" in read(browser.get(f"/proposals/{proposal.key}/history"))
    assert take(browser, url(proposal, file)).get_data() == PDF


def test_outside_the_team_only_files_of_what_was_handed_in_exist(session, stage, browse, at):
    proposal = stage.started()
    member = browse("member")
    add(member, proposal, name="old.pdf")
    old = only(session, proposal)
    member.post(f"/proposals/{proposal.key}/versions")
    member.post(url(proposal, old, "/remove"))
    add(member, proposal, name="new.pdf")
    new = only(session, proposal)
    pm = browse("pm")
    assert [take(pm, url(proposal, each)).status_code for each in (old, new)] == [404, 404]

    hand_in(stage, proposal)

    assert [take(pm, url(proposal, each)).status_code for each in (old, new)] == [404, 200]
    assert [take(member, url(proposal, each)).status_code for each in (old, new)] == [200, 200]


@pytest.mark.parametrize(
    ("name", "before", "after", "promised"),
    [
        ("pm", 200, 200, 200),
        ("auditor", 200, 200, 200),
        ("review_chair", 404, 200, 200),
        ("owner_lead", 404, 403, 200),
        ("owner_member", 404, 403, 403),
        ("other_lead", 404, 404, 404),
        ("other_owner", 404, 404, 404),
        ("other_pm", 404, 404, 404),
        ("reviewer", 404, 404, 404),
        ("signed_in", 404, 404, 404),
        ("investor", 404, 404, 404),
        ("admin", 403, 403, 403),
        ("finance", 403, 403, 403),
    ],
)
def test_a_file_goes_to_whoever_may_read_the_proposal_now(
    session, stage, browse, browse_as, at, name, before, after, promised
):
    proposal = stage.started()
    add(browse("lead"), proposal)
    file = only(session, proposal)
    hand_in(stage, proposal)
    user = stage.person(name)

    assert take(browse(name), url(proposal, file)).status_code == before
    at(stage.after)
    assert take(browse_as(user), url(proposal, file)).status_code == after
    stage.promise()
    assert take(browse_as(user), url(proposal, file)).status_code == promised


def test_downloads_outside_the_team_are_written_down(settings, tmp_path, monkeypatch):
    """Against a database of its own: the entry is committed apart from the reading request."""
    database = Database(f"sqlite:///{tmp_path / 'downloads.db'}")
    metadata().create_all(database.engine)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with database.session(writes=True) as session:
        session.expire_on_commit = False
        stage = make_stage(People(session, NOON))
        proposal = stage.started()
        upload = Upload(io.BytesIO(PDF), "plan.pdf")
        file = attaching.attach(
            session, proposal, upload, FileStore(settings.instance_dir / "uploads"),
            actor=stage.actor(stage.lead), now=NOON,
        )  # fmt: skip
        hand_in(stage, proposal)
        tokens = [
            sessions.start(session, user, now=NOON, address="", agent="")[1]
            for user in (stage.lead, stage.pm)
        ]
        session.commit()
    app = create_app(settings, database)

    for token in tokens:
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
        assert take(browser, url(proposal, file)).get_data() == PDF

    with database.reading() as session:
        entries = audit.newest(session, audit.Filter(action="attachment.download")).rows
    assert [(e.actor_id, e.after) for e in entries] == [(stage.pm.id, {"sha256": file.sha256})]
    database.close()


def test_a_file_that_left_the_disk_is_not_found(session, stage, browse, settings):
    proposal = stage.started()
    add(browse("lead"), proposal)
    file = only(session, proposal)
    (settings.instance_dir / "uploads" / file.stored_as).unlink()

    assert take(browse("lead"), url(proposal, file)).status_code == 404


def test_files_answer_what_the_call_asks_for(session, stage, browse, read):
    stage.call.checklist = [
        {"id": "letter", "label": both("切結書", "Declaration").to_json(), "required": True},
        {"id": "cv", "label": both("簡歷", "CV").to_json(), "required": False},
    ]
    session.commit()
    proposal, browser = stage.started(), browse("lead")
    page = read(browser.get(f"/proposals/{proposal.key}/attachments"))
    assert "Declaration" in page
    assert "Add the document “Declaration”." in read(
        browser.get(f"/proposals/{proposal.key}/submit")
    )

    wrong = add(browser, proposal, document="passport")
    right = add(browser, proposal, document="letter")

    assert wrong.status_code == 422
    assert "The call asks for no such document." in read(wrong)
    assert right.status_code == 302
    assert only(session, proposal).document == "letter"
    assert "Every section is complete." in read(browser.get(f"/proposals/{proposal.key}/submit"))


@pytest.mark.parametrize("name", ["pm", "owner_lead", "other_lead", "auditor", "admin"])
def test_nobody_outside_the_team_adds_or_removes_a_file(session, stage, browse, name):
    proposal = stage.started()
    add(browse("lead"), proposal)
    file = only(session, proposal)

    assert add(browse(name), proposal).status_code == 404
    assert browse(name).post(url(proposal, file, "/remove")).status_code == 404
    assert only(session, proposal).id == file.id


def test_files_stay_as_they_are_once_handed_in_or_closed(session, stage, browse, browse_as, at):
    proposal = stage.started()
    add(browse("lead"), proposal)
    file = only(session, proposal)
    hand_in(stage, proposal)
    assert add(browse("member"), proposal).status_code == 409
    assert browse("member").post(url(proposal, file, "/remove")).status_code == 409
    browse("lead").post(f"/proposals/{proposal.key}/return")

    at(stage.closing)

    late = browse_as(stage.member)
    assert add(late, proposal).status_code == 409
    assert late.post(url(proposal, file, "/remove")).status_code == 409
    assert only(session, proposal).id == file.id
