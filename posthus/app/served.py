"""Where this Posthus is reached: commands beside a running `posthus up` name its addresses rightly."""

from posthus.app.settings import Settings


def remember_served(settings: Settings) -> None:
    """Note where `posthus up` serves, for commands that are not told."""
    (settings.data / "served").write_text(f"{settings.public_url}\n")


def public_url(settings: Settings) -> str:
    """The setting; where it is not made, what `posthus up` served last on the same data."""
    note = settings.data / "served"
    return note.read_text().strip() if settings.url_follows and note.exists() else settings.public_url
