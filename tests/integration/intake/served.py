"""What granian loads in the tests: the intake over the database named in the environment."""

import os

from posthus.intake.deliveries import Surroundings
from posthus.intake.servers import IntakeApp
from tests.keys import KEYRING


def app() -> IntakeApp:
    """One worker's intake."""
    return IntakeApp(os.environ["INTAKE_TEST_DATABASE"], around=Surroundings(KEYRING))
