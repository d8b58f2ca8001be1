"""Keys for the tests of the web part: made once, for to make one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paytwice.web.lines import keys_for_tests


@pytest.fixture(autouse=True, scope="session")
def _keys_of_this_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAYTWICE_KEYS", str(tmp_path_factory.mktemp("web") / "keys"))
        keys_for_tests.cache_clear()
        yield
    keys_for_tests.cache_clear()
