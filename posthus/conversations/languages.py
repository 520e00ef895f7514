"""Which language a text is written in, by the small words it uses; short texts take the workspace's language."""

import re
from collections.abc import Mapping

# Words that are frequent in one of these languages and rare in its neighbours.
WORDS: Mapping[str, str] = {
    "da": "og i jeg det at en er til på som med for den de ikke der har af du vi et kan så vil men hvis om fra"
    " skal meget hvad noget mig også bliver efter når hej tak venlig hilsen jer eller været op kun hvor mvh",
    "no": "og i jeg det at en er til på som med for den de ikke har av du vi et kan så vil men hvis om fra skal"
    " mye hva noe meg også blir etter når hei takk vennlig hilsen dere eller vært opp bare hvor mvh",
    "sv": "och i jag det att en är till på som med för den de inte har av du vi ett kan så vill men om från ska"
    " mycket vad något mig också blir efter när hej tack vänliga hälsningar er eller varit upp bara var mvh",
    "en": "the and to of a in is it you that for on with this have be are not we i if can at my your will as was"
    " but they from or an by there what would please thanks hi regards so do has me our any just about",
    "de": "und der die das ist ich nicht zu ein mit für auf den wir sie es im eine von auch an bei haben wie wenn"
    " noch aber oder werden mir uns ihr ihnen bitte danke grüßen sehr geehrte hallo sind kann dass aus",
    "nl": "en de het een van ik is dat op te in niet voor met je zijn wij we er aan maar om ook als bij of kan"
    " naar nog uw deze hebben heb wordt zou bedankt groet geen dit wat mij ons over vriendelijke",
    "fr": "et de la le les des un une est que pour dans vous nous je en du pas sur avec ce il au qui sont plus"
    " mais ou votre merci bonjour cordialement aux par cette être avons ne si notre",
}
CONFIGURATIONS: Mapping[str, str] = {
    "da": "danish",
    "no": "norwegian",
    "sv": "swedish",
    "en": "english",
    "de": "german",
    "nl": "dutch",
    "fr": "french",
}
LOOKED_AT = 3_000  # characters; more changes nothing
AT_FIRST = 800  # characters, which nearly always tell
CLEAR = 20.0  # a score of that much, and twice any other's, is not overturned by the rest
ENOUGH = 3  # small words that must be seen before a text counts for itself
WORD = re.compile(r"[^\W\d_]+")


def _by_word() -> dict[str, tuple[tuple[str, float], ...]]:
    """Each small word with the languages that use it; a word of many languages says little."""
    users: dict[str, list[str]] = {}
    for language, words in WORDS.items():
        for word in words.split():
            users.setdefault(word, []).append(language)
    return {word: tuple((one, 1.0 / len(found)) for one in found) for word, found in users.items()}


WEIGHTS: Mapping[str, tuple[tuple[str, float], ...]] = _by_word()


def language_of(text: str, default: str) -> str:
    """The language's two letters, one of CONFIGURATIONS; `default` where the text does not tell."""
    scores: dict[str, float] = {}
    seen = 0
    for part in (text[:AT_FIRST], text[AT_FIRST:LOOKED_AT]):
        for word in filter(WEIGHTS.__contains__, WORD.findall(part.lower())):
            seen += 1
            for language, weight in WEIGHTS[word]:
                scores[language] = scores.get(language, 0.0) + weight
        highest, *others = sorted(scores.values(), reverse=True) or [0.0]
        if highest >= CLEAR and highest >= 2 * max(others, default=0.0):
            break
    if seen < ENOUGH:
        return default
    best = max(scores, key=lambda language: (scores[language], language == default))
    # Neighbours share most small words: the workspace's own language wins a draw, or nearly one.
    return default if scores.get(default, 0.0) >= scores[best] * 0.9 else best


def configuration_of(language: str) -> str:
    """The Postgres text search configuration of a language."""
    return CONFIGURATIONS.get(language, "simple")
