"""Who is who: the surest key decides, a company never gets a second number, a good name stays."""

import pytest

from posthus.conversations.choices import better_name, choose


def test_the_surest_known_key_decides_and_the_others_are_claimed_for_it() -> None:
    keys = (("cvr", "10150817"), ("domain", "firma.example"))
    assert choose([keys], {("cvr", "10150817"): 7}, {7: "10150817"}) == (
        [7],
        {("domain", "firma.example"): 7},
    )
    assert choose([keys], {("domain", "firma.example"): 8}, {}) == ([8], {("cvr", "10150817"): 8})


def test_companies_that_share_a_domain_stay_apart_by_their_numbers() -> None:
    first = (("cvr", "1"), ("domain", "gruppe.example"))
    second = (("cvr", "2"), ("domain", "gruppe.example"))
    assert choose([second], {("domain", "gruppe.example"): 8}, {8: "1"}) == ([-1], {("cvr", "2"): -1})
    chosen, claims = choose([first, second, (("domain", "gruppe.example"),)], {}, {})
    assert chosen == [-1, -2, -1]
    assert claims[("domain", "gruppe.example")] == -1


def test_one_batch_makes_a_person_once() -> None:
    chosen, claims = choose([(("email", "a@x"),), (("email", "b@x"),), (("email", "a@x"),)], {}, {})
    assert chosen == [-1, -2, -1]
    assert claims == {("email", "a@x"): -1, ("email", "b@x"): -2}


@pytest.mark.parametrize(
    ("current", "offered", "kept"),
    [
        ("", "mette", "mette"),
        ("mette", "Mette Holm", "Mette Holm"),
        ("Mette Holm", "Hr. Holm", "Mette Holm"),
        ("Mette Holm", "METTE HOLM", "Mette Holm"),
        ("mette@firma.example", "Mette", "Mette"),
        ("Mette", "", "Mette"),
    ],
)
def test_the_better_name_is_kept(current: str, offered: str, kept: str) -> None:
    assert better_name(current, offered) == kept
