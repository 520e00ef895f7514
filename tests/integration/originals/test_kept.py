"""Originals in the database: small, each file once, whole again when they are read, gone when nothing needs them."""

import psycopg
import pytest

from posthus.database.pool import Database
from posthus.intake.inbox import NewEvent, receive
from posthus.originals.contents import drop_contents, put_contents
from posthus.originals.dictionaries import ENOUGH, OriginalDamagedError, learn_dictionary
from tests.integration.originals.shop import LOGO, Shop, letter


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_a_file_that_every_mail_carries_is_kept_once_and_no_original_holds_it(shop: Shop) -> None:
    mails = [letter(number) for number in range(5)]
    events = shop.take_in(mails)
    assert [shop.read(event) for event in events] == mails
    assert shop.ask("select count(*), max(size) from posthus.blob") == [(1, len(LOGO))]
    assert shop.ask("select count(*) from posthus.event where codec = 2 and length(body) < 1000") == [(5,)]
    assert shop.ask("select count(*), count(distinct sha256) from posthus.attachment") == [(5, 1)]


def test_a_file_goes_with_the_last_that_needs_it(shop: Shop) -> None:
    events = shop.take_in([letter(number) for number in range(2)])
    shop.remove(events[0])
    assert shop.read(events[1]) == letter(1)
    shop.remove(events[1])
    assert shop.ask("select count(*) from posthus.blob") == [(0,)]
    assert shop.ask("select count(*) from posthus.original_piece") == [(0,)]


def test_mail_that_was_erased_leaves_nothing_when_it_comes_again(shop: Shop) -> None:
    [event] = shop.take_in([letter(1)])
    shop.remove(event)
    with shop.database.transaction() as connection:
        [answer] = receive(
            connection, [NewEvent(shop.workspace_id, shop.source_id, "mail", letter(1), permanent=True)]
        )
    assert answer.duplicate
    assert shop.ask("select count(*) from posthus.blob") == [(0,)]


def test_an_original_whose_file_is_lost_says_so(shop: Shop) -> None:
    [event] = shop.take_in([letter(1)])
    shop.ask("delete from posthus.attachment returning 1")
    shop.ask("delete from posthus.original_piece returning 1")
    shop.ask("delete from posthus.blob returning 1")
    with pytest.raises(OriginalDamagedError, match="gone"):
        shop.read(event)


def test_nobody_drops_a_content_that_is_being_stored(shop: Shop, database_url: str) -> None:
    digest = bytes(32)
    with shop.database.transaction() as connection:
        put_contents(connection, shop.workspace_id, {digest: b"old"})
    with shop.database.transaction() as storing:
        put_contents(storing, shop.workspace_id, {digest: b"old"})
        with psycopg.connect(database_url) as dropping:
            dropping.execute("set local lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                drop_contents(dropping, shop.workspace_id, [digest])
    with shop.database.transaction() as connection:
        drop_contents(connection, shop.workspace_id, [digest])
    assert shop.ask("select count(*) from posthus.blob") == [(0,)]


def test_a_dictionary_is_learnt_once_there_is_enough_and_old_and_new_mail_stay_readable(shop: Shop) -> None:
    mails = [letter(number, b"", f"firma{number % 30}.example") for number in range(ENOUGH)]
    events = shop.take_in(mails)
    with shop.database.autocommit() as connection:
        connection.execute("analyze posthus.event")
    with shop.database.transaction() as connection:
        assert learn_dictionary(connection)
    with shop.database.transaction() as connection:
        assert not learn_dictionary(connection)
    assert shop.ask(
        "select count(*) from posthus.dictionary where position('ordre' in encode(content, 'escape')) > 0"
    ) == [(1,)]
    later = letter(9_999_999, b"", "ny.example")
    [event] = shop.take_in([later])
    assert shop.read(event) == later
    assert shop.read(events[0]) == mails[0]
    [(before,)] = shop.ask(f"select length(body)::int from posthus.event where id = '{events[0]}'")
    [(after,)] = shop.ask(f"select length(body)::int from posthus.event where id = '{event}'")
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after < 0.7 * before


def test_members_read_dictionaries_but_write_none(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("set local role posthus_member")
        connection.execute("select content from posthus.dictionary")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into posthus.dictionary (content, mails) values ('x', 1)")
        connection.rollback()


def test_two_workspaces_share_no_content(database: Database) -> None:
    one, other = Shop(database), Shop(database)
    [first], [second] = one.take_in([letter(1)]), other.take_in([letter(1)])
    assert one.ask("select count(distinct workspace_id), count(*) from posthus.blob") == [(2, 2)]
    one.remove(first)
    assert other.read(second) == letter(1)
