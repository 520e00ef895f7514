"""The roles `api` and `intake-http`: one HTTP server."""

from dataclasses import replace
from urllib.parse import urlsplit

from posthus.api.application import create_application
from posthus.app.api_parts import make_parts
from posthus.app.ground import Ground, Services
from posthus.app.http import Application, HttpServer
from posthus.app.meaning import QUESTION_IDLE_SECONDS, make_encoder, meaning_of
from posthus.cache.feed import Feed
from posthus.intake.deliveries import Surroundings
from posthus.intake.servers import IntakeApp


def services(ground: Ground) -> Services:
    """The server, with what this process was asked to serve."""
    settings = ground.settings
    application = _api(ground) if "api" in ground.roles else None
    intake = None
    if "intake-http" in ground.roles:
        around = Surroundings(ground.keyring, settings.public_url)
        intake = IntakeApp(ground.url, around=around, spooling=ground.spooling)
    path = urlsplit(settings.public_url).path.rstrip("/")
    return {"http": HttpServer(settings.http, application, intake, settings.drain_seconds, path).run}


def _api(ground: Ground) -> Application:
    encoder = make_encoder(ground.settings, QUESTION_IDLE_SECONDS)
    ground.closing.callback(encoder.close)
    feed = Feed(ground.database)
    feed.start()
    ground.closing.callback(feed.close)
    ground.meter.watch(lambda: {"cache.hits": float(feed.hits), "cache.misses": float(feed.misses)})
    parts = make_parts(ground.settings, ground.database, feed, meaning_of(encoder), ground.keyring)
    return create_application(replace(parts, meter=ground.meter))
