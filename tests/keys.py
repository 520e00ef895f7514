"""The key that tests seal secrets with; servers started by a test get it by POSTHUS_SECRET_KEY or as a ring."""

from posthus.intake.secrets import Keyring

TEST_KEY = ("test key " * 4).strip()
KEYRING = Keyring([TEST_KEY])
