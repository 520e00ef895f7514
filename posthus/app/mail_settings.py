"""Settings of the mail receiver, from the environment."""

from collections.abc import Mapping
from pathlib import Path

from posthus.app.addresses import SettingsError, read_address
from posthus.intake.smtp_clients import ClientLimits
from posthus.intake.smtp_settings import SmtpSettings
from posthus.intake.smtp_tls import Certificate

KNOWN = {
    "POSTHUS_SMTPS": "HOST:PORT where mail is received with TLS from the first byte; needs a certificate",
    "POSTHUS_LMTP": "HOST:PORT or the path of a socket, for mail that another mail server delivers",
    "POSTHUS_SMTP_NAME": "the name that the mail receiver greets with (default the machine's)",
    "POSTHUS_SMTP_CERTIFICATE": "PEM file with the certificate and its chain; turns STARTTLS and AUTH on",
    "POSTHUS_SMTP_KEY": "PEM file with its key",
    "POSTHUS_SMTP_PROXY": "`on` where HAProxy or another proxy puts the PROXY protocol before each connection",
    "POSTHUS_SMTP_CONNECTIONS": "connections at once, in all (default 1000)",
    "POSTHUS_SMTP_CONNECTIONS_EACH": "connections at once from one address (default 100)",
    "POSTHUS_SMTP_MESSAGES_A_MINUTE": "messages a minute from one address (default 0, no limit)",
    "POSTHUS_SMTP_GREYLIST": "seconds that a stranger is asked to wait before the first mail (default 0, off)",
    "POSTHUS_SMTP_VERIFY": "check SPF, DKIM, DMARC and ARC: `auto` (mail from the internet), `always`, `never`",
    "POSTHUS_SMTP_DMARC": "`reject` mail whose domain asks for it, or only `mark` it (default)",
    "POSTHUS_SMTP_TRUSTED": "names of mail servers whose Authentication-Results are believed, with commas between",
    "POSTHUS_DNS": "HOST:PORT of the name server that is asked about senders (default the system's)",
}


def read_mail(found: Mapping[str, str]) -> SmtpSettings:
    """What the host decided; the address of plain SMTP is set elsewhere."""
    limits = ClientLimits(
        connections=_number(found, "POSTHUS_SMTP_CONNECTIONS", 1_000),
        connections_each=_number(found, "POSTHUS_SMTP_CONNECTIONS_EACH", 100),
        messages_a_minute=_number(found, "POSTHUS_SMTP_MESSAGES_A_MINUTE", 0),
    )
    certificate = _certificate(found)
    smtps = _place(found, "POSTHUS_SMTPS")
    if smtps is not None and certificate is None:
        raise SettingsError("POSTHUS_SMTPS needs POSTHUS_SMTP_CERTIFICATE and POSTHUS_SMTP_KEY")
    verify = found.get("POSTHUS_SMTP_VERIFY", "auto")
    if verify not in ("auto", "always", "never"):
        raise SettingsError(f"POSTHUS_SMTP_VERIFY is {verify!r}; it can be auto, always or never")
    dmarc = found.get("POSTHUS_SMTP_DMARC", "mark")
    if dmarc not in ("mark", "reject"):
        raise SettingsError(f"POSTHUS_SMTP_DMARC is {dmarc!r}; it can be mark or reject")
    proxy = found.get("POSTHUS_SMTP_PROXY", "off")
    if proxy not in ("on", "off"):
        raise SettingsError(f"POSTHUS_SMTP_PROXY is {proxy!r}; it can be on or off")
    trusted = [name.strip().lower() for name in found.get("POSTHUS_SMTP_TRUSTED", "").split(",")]
    lmtp = found.get("POSTHUS_LMTP", "")
    return SmtpSettings(
        hostname=found.get("POSTHUS_SMTP_NAME"),
        smtps=smtps,
        lmtp=Path(lmtp) if "/" in lmtp else _place(found, "POSTHUS_LMTP"),
        certificate=certificate,
        proxy=proxy == "on",
        limits=limits,
        greylist_seconds=_number(found, "POSTHUS_SMTP_GREYLIST", 0),
        verify="always" if verify == "always" else "never" if verify == "never" else "auto",
        dmarc="reject" if dmarc == "reject" else "mark",
        trusted=[name for name in trusted if name],
        dns=_place(found, "POSTHUS_DNS"),
    )


def _certificate(found: Mapping[str, str]) -> Certificate | None:
    chain, key = found.get("POSTHUS_SMTP_CERTIFICATE"), found.get("POSTHUS_SMTP_KEY")
    if (chain is None) != (key is None):
        raise SettingsError("POSTHUS_SMTP_CERTIFICATE and POSTHUS_SMTP_KEY go together")
    return Certificate(Path(chain), Path(key)) if chain is not None and key is not None else None


def _place(found: Mapping[str, str], name: str) -> tuple[str, int] | None:
    text = found.get(name)
    if text is None:
        return None
    address = read_address(text)
    return address.host, address.port


def _number(found: Mapping[str, str], name: str, default: int) -> int:
    text = found.get(name)
    if text is None:
        return default
    if not text.isdigit() or len(text) > 9:
        raise SettingsError(f"{name} is {text!r}; it is a number")
    return int(text)
