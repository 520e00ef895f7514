"""The product as a newcomer meets it: one command, real mail and webhooks, search, and whatever gets killed."""

import json
import os
import signal
import smtplib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.running import Running, posthus, running, wait_for

MAIL = (
    "From: Ditte Storm <ditte@kunde.example.com>\r\nTo: salg@firma.example.dk\r\nSubject: {subject}\r\n"
    "Message-ID: <{identifier}@kunde.example.com>\r\n\r\n{text}\r\n"
)


@pytest.fixture(scope="module")
def product(scratch: Path) -> Iterator[Running]:
    with running(scratch / "product") as instance:
        made = instance.command(
            "source", "add", "smtp", "--name", "Salg", "--address", "salg@firma.example.dk"
        )
        assert made.returncode == 0, made.stderr
        yield instance


def send(product: Running, identifier: str, subject: str, text: str) -> None:
    with smtplib.SMTP("127.0.0.1", product.smtp_port, timeout=30) as smtp:
        content = MAIL.format(identifier=identifier, subject=subject, text=text).encode()
        smtp.sendmail("ditte@kunde.example.com", ["salg@firma.example.dk"], content)


def filed(product: Running) -> None:
    done = product.command("wait", "--stage", "filed", "--timeout", "60")
    assert done.returncode == 0, done.stderr


def message_ids(product: Running) -> set[object]:
    return {line["message_id"] for line in product.lines("export", "messages")}


def test_a_mail_and_a_webhook_are_filed_found_and_exported(product: Running) -> None:
    source = product.lines("source", "add", "webhook", "--name", "Formular", "--unsigned", "--json")[0]
    path = str(source["url"]).removeprefix(product.url)
    form = {"name": "Bo Lund", "email": "bo@kunde.example.com", "message": "Hvad koster en ny tagrende?"}
    assert product.post(path, json.dumps(form).encode(), {"Content-Type": "application/json"}) == 202
    send(product, "one", "Tilbud på skifertag", "Vi vil gerne have et tilbud på nyt skifertag.")
    filed(product)
    hit = product.lines("search", "skifertaget", "--mode", "words", "--json")[0]
    assert (hit["subject"], hit["why"]) == ("Tilbud på skifertag", "words")
    exported = product.lines("export", "messages")
    assert {"one@kunde.example.com"} <= {str(line["message_id"]) for line in exported}
    assert any("tagrende" in str(line["text"]) for line in exported)


def test_meaning_finds_what_no_word_says(product: Running) -> None:
    send(product, "meaning", "Glemt adgangskode", "Jeg kan ikke logge ind, fordi jeg har glemt mit password.")
    assert product.command("wait", "--timeout", "90").returncode == 0
    hits = product.lines("search", "how do I reset my login credentials", "--mode", "meaning", "--json")
    assert hits[0]["message_id"] == "meaning@kunde.example.com"
    status = product.lines("status", "--json")[0]
    assert status["complete"] is True


def test_an_import_can_be_repeated_and_adds_nothing(product: Running, scratch: Path) -> None:
    folder = scratch / "old-mail"
    folder.mkdir()
    for number in range(20):
        text = MAIL.format(identifier=f"old-{number}", subject=f"Gammel sag {number}", text="Hej")
        (folder / f"{number}.eml").write_text(text)
    first = product.lines("import", str(folder), "--source", "Gammel post", "--json")[-1]
    second = product.lines("import", str(folder), "--source", "Gammel post", "--json")[-1]
    assert (first["read"], first["new"], first["failed"]) == (20, 20, 0)
    assert (second["new"], second["duplicates"]) == (0, 20) or second["read"] == 0


def children(product: Running) -> list[psutil.Process]:
    return [one for one in psutil.Process(product.process.pid).children() if "posthus" in one.cmdline()]


@pytest.mark.parametrize("role", ["worker", "intake-smtp", "api", "postgres"])
def test_whatever_is_killed_comes_back_and_loses_nothing(product: Running, role: str) -> None:
    identifier = f"killed-{role}"
    everybody = psutil.Process(product.process.pid).children()
    victim = next(one for one in everybody if role in one.cmdline() or one.name() == role)
    victim.send_signal(signal.SIGKILL)
    victim.wait(30)

    def received() -> bool:
        try:
            send(product, identifier, f"Efter {role}", "Er I der endnu?")
        except (OSError, smtplib.SMTPException):
            return False
        return True

    wait_for(received)
    wait_for(lambda: product.command("wait", "--stage", "filed", "--timeout", "30").returncode == 0)
    assert f"{identifier}@kunde.example.com" in message_ids(product)


def test_a_second_one_in_the_same_folder_is_refused_in_one_line(product: Running) -> None:
    done = posthus(product.data, "up")
    assert done.returncode == 1
    assert "already runs" in done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_use_and_failure_have_their_own_exit_codes(product: Running) -> None:
    assert product.command("source", "add", "pigeon").returncode == 2
    assert product.command("source", "add", "webhook", "--name", "x", "--provider", "nobody").returncode == 2
    assert product.command("source", "set", "nobody", "--off").returncode == 1
    assert product.command("doctor").returncode == 0
    assert product.command("--help").returncode == 0


def test_a_killed_supervisor_leaves_nothing_running_and_starts_again(scratch: Path) -> None:
    data = scratch / "killed"
    with running(data) as instance:
        below = psutil.Process(instance.process.pid).children(recursive=True)
        own = [one for one in below if one.name() != "postgres"]
        os.kill(instance.process.pid, signal.SIGKILL)
        instance.process.wait(30)
        _, alive = psutil.wait_procs(own, timeout=60)
        assert alive == []
    with running(data) as again:
        assert again.command("doctor").returncode == 0
    assert again.process.returncode == 0
