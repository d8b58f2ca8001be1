"""Pictures in Chinese: lanes, messages and states in the trade's words, where there is a font for them."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import attrs
import pytest
from tests.library import SCENARIOS
from tests.sim.pictures.drawing import seed_story

from paytwice.charts import ChartError, save, swimlane
from paytwice.pictures import fonts
from paytwice.pictures.brush import families
from paytwice.pictures.languages import chinese, translated
from paytwice.pictures.layout import layout
from paytwice.pictures.model import Note, Picture, Tone
from paytwice.pictures.reading import picture
from paytwice.story.scenario import load

OWN = re.compile(r"[A-Z][A-Z_0-9]+|P\d+(-\w+)?|fund_change|StoreError|HTTP|#\d+|×\d+")


def in_chinese(path: str) -> Picture:
    """A scenario's picture, translated."""
    return translated(attrs.evolve(picture(load(path).play().run), language="zh"))


def test_the_seed_story_is_told_in_the_words_of_the_trade() -> None:
    page = layout(in_chinese("late_wechat_after_alipay"))
    told = {written.text for written in page.written}
    assert {"下单 P1-1", "已下单", "确认付款 ¥99.00", "待支付", "已支付 由 支付宝 AL0001", "发货"} <= told
    assert "支付通知 #2 P1-1 已支付 ¥99.00 · 滞留" in told
    assert "关单 P1-1 ×3 · 滞留" in told
    assert "退回 ¥99.00 · WX0001" in told


def test_lanes_are_called_what_they_are_called_in_china() -> None:
    lanes = [lane.title for lane in in_chinese("late_wechat_after_alipay").lanes]
    assert lanes == ["顾客", "商户", "微信支付", "支付宝"]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_message_or_state_stays_english_but_codes_and_what_a_merchant_says(path: Path) -> None:
    part = in_chinese(str(path))
    for label in (message.label for message in part.messages):
        words = re.findall(r"[a-z]{2,}", OWN.sub("", chinese(label)))
        assert not words or re.search("被拒绝: |不能付款: ", chinese(label)), label
    for note in part.notes:
        if note.tone in (Tone.STATE, Tone.CAPTURED, Tone.RETURNED, Tone.SHOP):
            assert not re.findall(r"[a-z]{2,}", note.text), note.text


def test_what_a_merchant_cries_in_its_own_words_stays_as_it_is() -> None:
    part = in_chinese("refund_abnormal_needs_a_person")
    alarms = [note.text for note in part.notes if isinstance(note, Note) and note.tone is Tone.ALARM]
    assert alarms
    for text in alarms:
        assert text.startswith("告警")
        assert re.search(r"[a-z]{3,} [a-z]{2,}", text)


def test_without_a_font_for_chinese_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(ChartError, match=r"no font for Chinese here: install one of Noto Sans CJK SC"):
        swimlane(seed_story(), language="zh")


def test_no_such_language_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no language 'fr': there are en, zh"):
        swimlane(seed_story(), language="fr")


def test_letters_that_no_font_here_has_are_boxes_and_nobody_is_warned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: frozenset({"DejaVu Sans"}))
    assert families("微信") == ["DejaVu Sans"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = swimlane(seed_story(), "微信 pays ¥99")
        figure.draw_without_rendering()
        save(figure, tmp_path / "boxes.svg")
    assert "□□ pays ¥99" in [text.get_text() for text in figure.axes[0].texts]


def test_a_chinese_font_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: frozenset({"DejaVu Sans", "SimHei", "PingFang SC"}))
    assert families("微信 paid") == ["DejaVu Sans", "PingFang SC", "SimHei"]
    assert families("paid") == ["DejaVu Sans"]
