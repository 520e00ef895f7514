"""Errors are answered as problems, whatever their status."""

import json

from posthus.api.problems import Refusal, answer_error


def test_a_status_that_the_standard_library_does_not_name_is_answered_all_the_same() -> None:
    answer = answer_error(Refusal(499, "The caller has left."))
    told = json.loads(bytes(answer.body))
    assert answer.status_code == 499
    assert (told["title"], told["detail"]) == ("Client Closed Request", "The caller has left.")
