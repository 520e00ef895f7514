"""A sealed secret opens with its key for its subject, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthus.intake.secrets import NO_KEYS, Keyring, Sealed, SecretKeyError, new_key, sealed_by

OLD, NEW = "old " * 8, "new " * 8
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(secret=TEXT, about=TEXT)
def test_what_is_sealed_opens_again_and_is_not_readable(secret: str, about: str) -> None:
    sealed = Keyring([OLD]).seal(secret, about)
    assert Keyring([OLD]).open(sealed, about) == secret
    assert len(secret) < 6 or secret not in sealed


def test_two_seals_of_one_secret_differ() -> None:
    ring = Keyring([OLD])
    assert ring.seal("s", "a") != ring.seal("s", "a")


def test_the_first_key_seals_and_every_key_opens() -> None:
    before = Keyring([OLD]).seal("s", "a")
    both = Keyring([NEW, OLD])
    after = both.seal("s", "a")
    assert both.open(before, "a") == both.open(after, "a") == "s"
    assert sealed_by(after) == both.first == Keyring([NEW]).first
    assert sealed_by(before) == Keyring([OLD]).first
    with pytest.raises(SecretKeyError, match="which is not in POSTHUS_SECRET_KEY"):
        Keyring([NEW]).open(before, "a")


def test_a_secret_cannot_be_moved_to_another_subject() -> None:
    sealed = Keyring([OLD]).seal("s", "source of workspace 1")
    with pytest.raises(SecretKeyError, match="damaged"):
        Keyring([OLD]).open(sealed, "source of workspace 2")


@given(position=st.integers(18, 60), letter=st.sampled_from("AZaz09-_"))
def test_a_changed_letter_is_noticed(position: int, letter: str) -> None:
    sealed = Keyring([OLD]).seal("a secret of some length, so that letters can change", "a")
    changed = sealed[:position] + letter + sealed[position + 1 :]
    if changed != sealed:
        with pytest.raises(SecretKeyError):
            Keyring([OLD]).open(Sealed(changed), "a")


def test_what_was_stored_before_there_were_keys_is_read_as_it_is() -> None:
    assert NO_KEYS.open(Sealed("whsec_abc"), "a") == "whsec_abc"
    assert sealed_by("whsec_abc") is None


def test_without_a_key_or_with_a_short_one_nothing_is_sealed() -> None:
    with pytest.raises(SecretKeyError, match="set POSTHUS_SECRET_KEY"):
        NO_KEYS.seal("s", "a")
    with pytest.raises(SecretKeyError, match="has 5 characters"):
        Keyring([OLD, "short"])
    assert Keyring([new_key()]).first != Keyring([new_key()]).first
