"""Put the built web client into the wheel; an editable install and one from a full sdist need no Node."""

import runpy
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClient(BuildHookInterface[object]):
    """Builds posthus/web/ before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002
        """Build unless the install is editable or the assets came along."""
        root = Path(self.root)
        built = (root / "posthus" / "web" / "index.html").is_file()
        if version == "editable" or (built and not (root / ".git").exists()):
            return
        runpy.run_path(str(root / "tools" / "build_web.py"))["build"](root)
