"""What is printed: text for people, one JSON value for programs, and the journal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sim.cli.commanding import SEED_STORY, Commands, in_a_process, write_scenario

from paytwice.story.scenario import available

LOUD = (
    '"""Prints. And says a second sentence."""\nprint("at import")\n'
    'async def story(sim):\n    print("in the story")\n    await sim.checkout("99.00 CNY")\n'
)


def test_list_shows_every_scenario_with_its_sentence(paytwice: Commands) -> None:
    answer = paytwice("list")

    assert answer.status == 0
    told = [line.split()[0] for line in answer.out.splitlines() if ".  " in line or line.endswith(".")]
    assert sorted(told) == list(available())
    assert "\nclose and expiry\n" in answer.out
    assert "WeChat hangs, the customer pays with Alipay" in answer.out


def test_a_scenario_of_mine_hides_a_shipped_one(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, SEED_STORY, LOUD)
    write_scenario(folder, "_not_a_scenario", "")

    listed = paytwice("list").out

    assert "Prints." in listed
    assert "second sentence" not in listed
    assert "_not_a_scenario" not in listed
    assert "success_after_close" in listed, "the shipped ones are still there"
    assert "in the story" in paytwice("run", SEED_STORY).out


def test_a_scenario_can_import_what_lies_beside_it(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "_prices_of_mine", "PRICE = '99.00 CNY'\n")
    write_scenario(
        folder,
        "mine",
        '"""Imports."""\nfrom _prices_of_mine import PRICE\n'
        "async def story(sim): await sim.checkout(PRICE)\n",
    )

    assert paytwice("run", "mine").status == 0


def test_the_report_tells_the_story_the_money_the_verdict_and_the_replay(paytwice: Commands) -> None:
    answer = paytwice("run", SEED_STORY)

    assert answer.status == 0
    assert answer.err == ""
    for said in (
        "+0.28s  wechat      takes ¥99.00 of P1-1",
        "merchant — wechat hangs for 3m00s",
        "+3m00.24s  network   merchant — wechat works again",
        "order P1 is PAID by alipay",
        "gives back ¥99.00 of P1-1",
        "Order P1  ¥99.00  PAID by alipay",
        "DUPLICATE  SUCCESS",
        "Verdict:  ok",
        "checked S1 S2 S3 S4 S5",
        f"Replay:   paytwice run {SEED_STORY}\n",
    ):
        assert said in answer.out
    assert len(answer.out.splitlines()) < 70, "an engineer has five minutes"


def test_a_violation_explains_itself(paytwice: Commands, folder: Path) -> None:
    (folder / "twice_shop.py").write_text(
        "from paytwice.merchant.reference.merchant import reference\n"
        "class MyShop:\n"
        "    def __init__(self, around): self.around, self.inner = around, reference(around)\n"
        "    def __getattr__(self, name): return getattr(self.inner, name)\n"
        "    async def notified(self, it):\n"
        "        ack = await self.inner.notified(it)\n"
        "        await self.around.shop.ship('P1', f'parcel {it.id} {it.send}')\n"
        "        return ack\n"
    )

    answer = paytwice("run", SEED_STORY, "--merchant", "twice_shop:MyShop")

    assert answer.status == 1
    for said in (
        "Verdict:  violated: 1 promise broken, ¥99.00 at stake",
        "S5 ship at most once: BROKEN at +40.56s, order P1, ¥99.00 at stake",
        "    promise   protects the merchant's goods",
        "    instead   Order P1 was shipped a second time.",
        "                 +40.52s  alipay    takes ¥99.00 of P1-2, payment AL0001",
        "merchant  shop: ships P1   (×2)",
        "--merchant twice_shop:MyShop",
    ):
        assert said in answer.out


def test_json_is_one_object_with_the_money_in_minor_units(paytwice: Commands) -> None:
    run = paytwice("run", SEED_STORY, "--seed", "7", "--json").json

    assert (run["scenario"], run["seed"], run["verdict"], run["violations"]) == (SEED_STORY, 7, "ok", [])
    assert run["channels"]["wechat"] == {
        "captured": 99_00,
        "returned": 99_00,
        "kept": 0,
        "coupons_kept": 0,
    }
    assert run["channels"]["alipay"] == {
        "captured": 99_00,
        "returned": 0,
        "kept": 99_00,
        "coupons_kept": 0,
    }
    (order,) = run["orders"]
    assert (order["id"], order["state"], order["amount"], order["currency"]) == ("P1", "PAID", 99_00, "CNY")
    assert order["winner"] == {"channel": "alipay", "number": "AL0001", "attempt": "P1-2"}
    assert [one["id"] for one in order["attempts"]] == ["P1-1", "P1-2"]
    (refund,) = order["refunds"]
    assert refund == {
        "id": "P1-R1",
        "attempt": "P1-1",
        "amount": 99_00,
        "state": "SUCCESS",
        "reason": "DUPLICATE",
    }
    assert "S4" in run["invariants_checked"]
    assert run["virtual_seconds"] > 180
    assert run["events"] > 50
    assert {"name", "n", "value", "at"} == set(run["deviations"][0])
    assert len(run["digest"]) == 64
    assert run["version"].count(".") >= 1


def test_json_of_several_is_a_list_in_the_order_of_the_command_line(paytwice: Commands) -> None:
    names = ["success_after_close", SEED_STORY, "success_after_close"]

    assert [run["scenario"] for run in paytwice("run", *names, "--json").json] == names


def test_what_a_story_prints_does_not_spoil_the_json(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "mine", LOUD)

    answer = paytwice("run", "mine", "--json")

    assert answer.json["verdict"] == "ok"
    assert answer.err == "at import\nin the story\n"


@pytest.mark.parametrize(
    ("verdict", "status"), [("ok", 0), ("violated", 1), ("unknown", 1)], ids=["ok", "violated", "unknown"]
)
def test_the_status_is_0_only_if_the_verdict_is_as_declared(
    paytwice: Commands, folder: Path, verdict: str, status: int
) -> None:
    write_scenario(folder, "mine", f"{LOUD}VERDICT = {verdict!r}\n")

    assert paytwice("run", "mine").status == status


def test_the_worst_status_of_several_counts(paytwice: Commands, folder: Path) -> None:
    write_scenario(folder, "mine", LOUD)
    write_scenario(folder, "raises", '"""x."""\nasync def story(sim): 1 / 0\n')
    write_scenario(folder, "disappoints", f"{LOUD}def expect(run): assert 0\n")

    assert paytwice("run", "raises", "mine").status == 3
    assert paytwice("run", "raises", "disappoints", "mine").status == 1


def test_the_journal_has_one_object_a_line_that_says_whose_it_is(paytwice: Commands, folder: Path) -> None:
    answer = paytwice("run", SEED_STORY, "success_after_close", "--json", "--journal", "all.jsonl")

    entries = [json.loads(line) for line in (folder / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    for run in answer.json:
        own = [entry for entry in entries if entry["scenario"] == run["scenario"]]
        assert [entry["index"] for entry in own] == list(range(run["events"]))
    assert {"at", "cause", "what", "who", "whom", "subject", "key", "number"} < set(entries[0])


def test_a_pipe_gets_plain_text_in_whole_lines() -> None:
    answer = in_a_process("run", "refund_times_out_but_happened", env={"COLUMNS": "40"})

    assert "\x1b" not in answer.out
    assert "A duplicate payment is refunded, WeChat's answer is lost, and the merchant must not" in answer.out


def test_a_terminal_gets_colours() -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "paytwice", "run", SEED_STORY],
        stdout=theirs,
        env={**environment, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        read = b""
        while chunk := _read(ours):
            read += chunk
    os.close(ours)

    assert process.returncode == 0
    assert b"\x1b[1;32mVerdict:  ok" in read


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


def test_a_reader_that_goes_away_is_no_error_and_the_verdict_stays() -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "paytwice", "run", SEED_STORY, "success_after_close"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(SEED_STORY.encode())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_stdout_that_has_no_yen_sign_is_no_error() -> None:
    answer = in_a_process("run", SEED_STORY, env={"PYTHONIOENCODING": "ascii"})

    assert answer.status == 0
    assert "Order P1  ?99.00" in answer.out
    assert (
        in_a_process("run", SEED_STORY, "--json", env={"PYTHONIOENCODING": "ascii"}).json["verdict"] == "ok"
    )


def test_a_profile_without_a_seed_says_that_it_does_nothing(paytwice: Commands) -> None:
    first = paytwice("run", SEED_STORY, "--set", "profile=rough").out.splitlines()[0]

    assert first == f"{SEED_STORY}, calm (the profile rough needs a --seed to draw from)"


def test_python_m_paytwice_is_paytwice() -> None:
    assert in_a_process("--version").out.startswith("paytwice ")
