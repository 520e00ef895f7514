"""Searches worth trying in the sample, with the conversation each should find."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SampleSearch:
    """`expected_subject_part` is in the subject of the conversation that should come among the first; `why` says how."""

    query: str
    expected_subject_part: str
    why: Literal["words", "meaning", "both"]


SAMPLE_SEARCHES = (
    SampleSearch("hvad lovede vi om taget i Lærkehaven", "Tilbud på nyt tegltag", "both"),
    SampleSearch("eftersøgning bortkommet kolli", "Eftersøgning af forsendelse NF-7730-1182", "words"),
    SampleSearch("kunden fryser og vil have det varmere i huset", "Energitjek på Granvej 3", "meaning"),
    SampleSearch(
        "forsøg på bedrageri med falsk mail fra leverandør", "Nyt kontonummer, mistænkelig mail?", "meaning"
    ),
    SampleSearch("kreditnota", "Faktura 20417 er opkrævet to gange", "words"),
    SampleSearch("factory breakdown makes the glass late", "Order SB-4471: revised delivery date", "meaning"),
    SampleSearch("copper flashings turret", "Zinc flashings for Quay House turret", "words"),
    SampleSearch(
        "customer wants us to forget all personal information", "Please delete my webshop account", "meaning"
    ),
)
