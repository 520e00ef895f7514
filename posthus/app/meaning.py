"""The models that the settings ask for, made when a process needs them."""

from posthus.app.settings import Settings
from posthus.embedding.encoder import Encoder, EncoderError
from posthus.embedding.local import LocalEncoder
from posthus.embedding.questions import Questions
from posthus.embedding.remote import Endpoint, RemoteEncoder
from posthus.operations.doctor import Finding
from posthus.search.request import Meaning
from posthus.search.reranking import Reranker

WORKER_IDLE_SECONDS = 120.0
QUESTION_IDLE_SECONDS = 600.0


def make_encoder(settings: Settings, idle_seconds: float = WORKER_IDLE_SECONDS) -> Encoder:
    """The local model in a child process of its own, or the endpoint that is set."""
    if settings.embedder == "local":
        return LocalEncoder(idle_seconds=idle_seconds)
    assert settings.embedder_model is not None  # read_settings insists on it
    endpoint = Endpoint(
        settings.embedder, settings.embedder_model, settings.embedder_key, settings.embedder_dimensions
    )
    return RemoteEncoder(endpoint)


def model_finding(settings: Settings) -> Finding:
    """For the doctor: whether the model answers as it is set; one on this machine is not started for that."""
    encoder = make_encoder(settings)
    if settings.embedder == "local":
        return Finding("model", "fine", f"{encoder.model}, on this machine")
    try:
        encoder.queries(["?"])
    except EncoderError as error:
        advice = "see POSTHUS_EMBEDDER in docs/hosting.md; words are found meanwhile, and messages wait"
        return Finding("model", "broken", str(error), advice)
    finally:
        encoder.close()
    return Finding("model", "fine", f"{encoder.model} answers {encoder.dimensions} numbers")


def make_reranker(settings: Settings) -> Reranker | None:
    """The endpoint that puts hits in order once more, if one is set."""
    if settings.reranker is None:
        return None
    assert settings.reranker_model is not None  # read_settings insists on it
    return Reranker(settings.reranker, settings.reranker_model, settings.reranker_key)


def meaning_of(encoder: Encoder) -> Meaning:
    """How a search makes a question's vector: once for the same text."""
    return Meaning(encoder.model, Questions(encoder))
