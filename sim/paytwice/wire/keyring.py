"""Test keys, made on first use and kept where no repository has them.

They sign for channels that hold no money, and still they are keys: the folder is the user's alone (0700), so
is each file (0600), and the folder carries a .gitignore that leaves out all of it. A key that others could
read is refused, as ssh does, for somebody may have put a real one there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final

import attrs

from paytwice.errors import PaytwiceError
from paytwice.wire.crypto import PrivateKey, new_private_key, private_key_of, private_pem

PLACE: Final = "PAYTWICE_KEYS"  # the environment variable that names another folder


class KeyringError(PaytwiceError):
    """A key cannot be had, or must not be trusted."""


def keys_folder(environment: Mapping[str, str], home: Path) -> Path:
    """$PAYTWICE_KEYS, or paytwice/keys where the user's programs keep their data."""
    if environment.get(PLACE):
        return Path(environment[PLACE])
    data = environment.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    return Path(data) / "paytwice" / "keys"


@attrs.frozen
class Keyring:
    """The keys in one folder, by name."""

    folder: Path

    @classmethod
    def default(cls) -> Keyring:
        """The user's own."""
        return cls(keys_folder(os.environ, Path.home()))

    def private_key(self, name: str) -> PrivateKey:
        """The RSA key of this name, which is made if there is none yet."""
        pem = self._kept(f"{name}.pem", lambda: private_pem(new_private_key()))
        try:
            return private_key_of(pem)
        except ValueError as error:
            path = self.folder / f"{name}.pem"
            raise KeyringError(f"{path} is no RSA private key: delete it, and a new one is made") from error

    def secret(self, name: str) -> str:
        """32 letters and digits of this name, such as an APIv3 key; made if there are none yet."""
        return self._kept(f"{name}.key", lambda: os.urandom(16).hex().encode()).decode("ascii").strip()

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self.folder / name
        if not path.exists():
            self._keep(path, make())
        self._check(path)
        return path.read_bytes()

    def _keep(self, path: Path, content: bytes) -> None:
        """Write a file that was not there; whoever was faster in doing so has written the one that counts."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        handle, draft = mkstemp(dir=self.folder, prefix=".new-")  # readable by its owner only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            with suppress(FileExistsError):
                os.link(draft, path)  # all of the file or nothing, and never over another one
        finally:
            os.unlink(draft)

    def _check(self, path: Path) -> None:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise KeyringError(f"{path} can be read by others (mode {mode:03o}): chmod 600 {path}")
