"""Settings are known by name; what is wrong is said with what would be right."""

from pathlib import Path

import pytest

from posthus.app.object_settings import InBucket, ObjectSettings
from posthus.app.settings import Address, SettingsError, read_address, read_settings
from posthus.originals.moving import Rule


def test_nothing_set_means_one_laptop() -> None:
    settings = read_settings({"PATH": "/bin"})
    assert settings.data == Path("posthus-data")
    assert settings.database_url is None
    assert settings.http == Address("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"


def test_an_unknown_name_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(SettingsError, match="did you mean POSTHUS_DATABASE_URL"):
        read_settings({"POSTHUS_DATABSE_URL": "postgresql://"})


def test_a_name_of_a_later_version_is_not_ignored() -> None:
    with pytest.raises(SettingsError, match="POSTHUS_VALKEY_URL is not supported"):
        read_settings({"POSTHUS_VALKEY_URL": "redis://"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTHUS_OBJECT_STORE", "https://files.example"),
        ("POSTHUS_OBJECT_STORE", "s3://"),
        ("POSTHUS_OBJECT_STORE_KB", "1"),
        ("POSTHUS_LOG", "xml"),
        ("POSTHUS_EMBEDDER", "openai"),
        ("POSTHUS_HTTP", "8000"),
        ("POSTHUS_SMTP", "a:99999"),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError):
        read_settings({name: value})


def test_a_remote_embedder_needs_a_model() -> None:
    with pytest.raises(SettingsError, match="POSTHUS_EMBEDDER_MODEL"):
        read_settings({"POSTHUS_EMBEDDER": "https://models.example.com/v1"})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0.0.0.0:80", Address("0.0.0.0", 80)),
        (":25", Address("127.0.0.1", 25)),
        ("[::1]:9", Address("::1", 9)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert read_address(text) == address


def test_an_object_store_is_a_folder_or_a_bucket_and_a_rule() -> None:
    assert read_settings({}).objects == ObjectSettings(None, Rule(None))
    folder = read_settings({"POSTHUS_OBJECT_STORE": "/mnt/files", "POSTHUS_OBJECT_STORE_KB": "off"})
    assert folder.objects == ObjectSettings(Path("/mnt/files"), Rule(None))
    bucket = read_settings(
        {"POSTHUS_OBJECT_STORE": "s3://firma/post/", "AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}
    )
    assert bucket.objects == ObjectSettings(InBucket("firma", "post", "http://127.0.0.1:9000"), Rule(64_000))
