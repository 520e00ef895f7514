"""The roles `api` and `intake-http`: one HTTP server."""

from dataclasses import replace
from urllib.parse import urlsplit

from posthus.api.application import create_application
from posthus.app.api_parts import make_parts
from posthus.app.ground import Ground, Services
from posthus.app.http import Application, HttpServer
from posthus.app.meaning import QUESTION_IDLE_SECONDS, make_encoder, make_reranker, meaning_of
from posthus.app.tending import watch_model
from posthus.cache.feed import Feed
from posthus.embedding.encoder import Encoder
from posthus.intake.deliveries import Surroundings
from posthus.intake.servers import IntakeApp


def services(ground: Ground) -> Services:
    """The server, with what this process was asked to serve."""
    settings = ground.settings
    watched: Services = {}
    application = None
    if "api" in ground.roles:
        encoder = make_encoder(settings, QUESTION_IDLE_SECONDS)
        watched = watch_model(ground, "model of searches", encoder)
        application = _api(ground, encoder)
    intake = None
    if "intake-http" in ground.roles:
        around = Surroundings(ground.keyring, settings.public_url)
        intake = IntakeApp(ground.url, around=around, spooling=ground.spooling)
    path = urlsplit(settings.public_url).path.rstrip("/")
    server = HttpServer(settings.http, application, intake, settings.drain_seconds, path)
    return {**watched, "http": server.run}


def _api(ground: Ground, encoder: Encoder) -> Application:
    ground.closing.callback(encoder.close)
    feed = Feed(ground.database)
    feed.start()
    ground.closing.callback(feed.close)
    ground.meter.watch(lambda: {"cache.hits": float(feed.hits), "cache.misses": float(feed.misses)})
    parts = make_parts(ground.settings, ground.database, feed, meaning_of(encoder), ground.keyring)
    reranker = make_reranker(ground.settings)
    if reranker is not None:
        ground.closing.callback(reranker.close)
    return create_application(replace(parts, meter=ground.meter, reranker=reranker))
