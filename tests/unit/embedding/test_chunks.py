"""Chunks carry the subject and what is new; a very short answer carries what it answers; quotes are not said twice."""

from hypothesis import given
from hypothesis import strategies as st

from posthus.embedding.chunks import CHARACTERS, CONTEXT_CHARACTERS, MOST_CHUNKS, SpanRow, cut

LONG = " ".join(f"Sætning nummer {number} om taget." for number in range(200))
QUOTE = "> Skal vi begynde på mandag med det nye tag?\n>> Tidligere skrev vi om skorstenen."


def spans_of(*parts: tuple[str, str]) -> tuple[str, list[SpanRow]]:
    text, spans = "", []
    for kind, part in parts:
        spans.append((kind, len(text), len(text) + len(part)))
        text += part
    return text, spans


def test_a_short_answer_is_followed_by_what_it_answers() -> None:
    text, spans = spans_of(("new", "Ja tak, gør det.\n"), ("quote", QUOTE))
    (chunk,) = cut("m", "SV: Nyt tag", text, spans)
    assert chunk.text.splitlines()[:2] == ["Nyt tag", "Ja tak, gør det."]
    assert "Skal vi begynde på mandag med det nye tag?" in chunk.text
    assert ">" not in chunk.text
    assert (chunk.start, chunk.end) == (0, len("Ja tak, gør det."))


def test_a_long_answer_leaves_the_quote_out() -> None:
    text, spans = spans_of(("new", f"{LONG}\n"), ("quote", QUOTE), ("signature", "Lone"))
    chunks = cut("m", "Nyt tag", text, spans)
    assert len(chunks) > 3
    assert not any("mandag" in chunk.text or "Lone" in chunk.text for chunk in chunks)
    assert all(chunk.text.startswith("Nyt tag\n") for chunk in chunks)


def test_a_message_of_a_quote_alone_is_its_subject() -> None:
    text, spans = spans_of(("quote", QUOTE))
    (chunk,) = cut("m", "Fwd: Nyt tag", text, spans)
    assert chunk.text == "Nyt tag"
    assert cut("m", "", text, spans) == ()


@given(
    st.text(max_size=300),
    st.lists(st.tuples(st.sampled_from(["new", "quote"]), st.text(max_size=2_500)), max_size=6),
)
def test_no_chunk_is_longer_than_a_model_takes_and_none_is_empty(
    subject: str, parts: list[tuple[str, str]]
) -> None:
    text, spans = spans_of(*parts)
    chunks = cut("m", subject, text, spans)
    assert len(chunks) <= MOST_CHUNKS
    for place, chunk in enumerate(chunks):
        assert chunk.position == place
        assert chunk.text.strip()
        assert len(chunk.text) <= CHARACTERS + CONTEXT_CHARACTERS + 2
        assert chunk.start <= chunk.end <= len(text)
