"""A real browser without a window: Chromium, as Debian and its like have it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any

import attrs
import pytest
from matplotlib.image import imread

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for path in map(shutil.which, NAMES) if path), None)
needs_chromium = pytest.mark.skipif(
    FOUND is None, reason="there is no Chromium on the PATH: apt-get install chromium (Debian)"
)
ALONE = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions")
OFFLINE = ("--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--disable-sync")
DARK = "--blink-settings=preferredColorScheme=0"
LIGHT = "--blink-settings=preferredColorScheme=1"


@attrs.frozen
class Browser:
    """Opens pages; what it keeps of them lies in a folder of its own."""

    folder: Path

    def dom(self, page: Path, *options: str) -> str:
        """The page as the browser has it after it was loaded, as markup."""
        return self._run(page, "--dump-dom", *options)

    def screenshot(self, page: Path, *options: str, width: int = 1000, height: int = 1600) -> Any:
        """The pixels of the page, by row and column, each three or four shares of a colour."""
        path = self.folder / f"{page.stem}.png"
        size = f"--window-size={width},{height}"
        self._run(page, f"--screenshot={path}", size, "--hide-scrollbars", *options)
        return imread(path)

    def _run(self, page: Path, *options: str) -> str:
        profile = f"--user-data-dir={self.folder / 'profile'}"
        assert FOUND is not None, "tests that need it are skipped without"
        done = subprocess.run(
            [FOUND, *ALONE, *OFFLINE, profile, *options, page.resolve().as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
            env={**os.environ, "HOME": str(self.folder)},
            preexec_fn=_unlimited,
        )
        return done.stdout


def _unlimited() -> None:
    """Give a browser all the addresses it wants: chunks that were played in this process have set a limit."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
