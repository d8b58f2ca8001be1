"""Keys are made once, kept to their owner, and nowhere that anybody else looks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from paytwice.wire.crypto import certificate_pem, private_pem, public_key_of, public_pem, serial_of
from paytwice.wire.keyring import Keyring, KeyringError, keys_folder


def test_a_key_is_made_once(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "new" / "keys")
    made = ring.private_key("one"), ring.secret("two")

    again = Keyring(tmp_path / "new" / "keys")

    assert private_pem(again.private_key("one")) == private_pem(made[0])
    assert again.secret("two") == made[1]
    assert len(made[1].encode()) == 32
    assert sorted(path.name for path in ring.folder.iterdir()) == [".gitignore", "one.pem", "two.key"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_only_its_owner_reads_a_key(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.secret("one")

    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((ring.folder / "one.key").stat().st_mode) == 0o600
    (ring.folder / "one.key").chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        ring.secret("one")


def test_git_sees_nothing_of_a_keyring(tmp_path: Path) -> None:
    Keyring(tmp_path / "keys").secret("one")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    status = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain"], check=True, capture_output=True, text=True
    )

    assert status.stdout == ""


def test_what_is_no_key_is_said_so(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    (tmp_path / "one.pem").write_text("nothing", encoding="utf-8")
    (tmp_path / "one.pem").chmod(0o600)

    with pytest.raises(KeyringError, match="delete it"):
        ring.private_key("one")


def test_the_user_says_where_or_the_system_does(tmp_path: Path) -> None:
    assert keys_folder({"PAYTWICE_KEYS": "/k", "XDG_DATA_HOME": "/d"}, tmp_path) == Path("/k")
    assert keys_folder({"XDG_DATA_HOME": "/d"}, tmp_path) == Path("/d/paytwice/keys")
    assert keys_folder({}, tmp_path) == tmp_path / ".local" / "share" / "paytwice" / "keys"


def test_a_certificate_follows_from_its_key(tmp_path: Path) -> None:
    key = Keyring(tmp_path).private_key("one")

    pem = certificate_pem(key, "somebody")

    assert pem == certificate_pem(key, "somebody")
    assert public_key_of(pem) == public_key_of(public_pem(key.public_key())) == key.public_key()
    assert len(serial_of(key.public_key())) == 40


def test_nobody_loads_cryptography_who_does_not_use_the_wire() -> None:
    """An extra that a plain run imported would be no extra."""
    code = "import sys, paytwice, paytwice.cli, paytwice.channels; print('\\n'.join(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    names = set(loaded.split())
    assert "paytwice.channels" in names
    assert not any(name.startswith(("cryptography", "paytwice.wire")) for name in names)


def test_without_cryptography_the_wire_says_what_to_install() -> None:
    code = "import sys; sys.modules['cryptography'] = None; import paytwice.wire.crypto"

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert "pip install 'paytwice[wire]'" in done.stderr
