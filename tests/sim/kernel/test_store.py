"""The store allows the anomalies of READ COMMITTED, keeps what it commits, forgets what a crash left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import attrs
import pytest
import trio
from tests.sim.kernel.playing import play

from paytwice.choices import Choices, Deviation
from paytwice.errors import ProcessDead
from paytwice.faults import CALM, FaultProfile
from paytwice.kernel.kernel import Kernel
from paytwice.latency import Latency
from paytwice.merchant.process import Faults, Process, StoreError
from paytwice.merchant.shop import ShopClient, Warehouse
from paytwice.merchant.store import LOCK_WAIT, Database, Store


@attrs.define
class Bank:
    """A database with one row, and processes that use it."""

    kernel: Kernel
    faults: Faults
    database: Database
    crashes: list[int] = attrs.field(factory=list)

    def process(self) -> Process:
        process = Process(
            "merchant", 1, self.kernel, self.faults, lambda downtime, place: self.crash(process, downtime)
        )
        return process

    def crash(self, process: Process, downtime: int = 0) -> None:
        self.crashes.append(downtime)
        process.alive = False
        self.database.drop(process)
        process.scope.cancel()

    def store(self) -> Store:
        return Store(self.database, self.process())

    @property
    def balance(self) -> Any:
        return self.database.table("t").get("x")


Story = Callable[[Bank], Awaitable[None]]


def in_a_bank(
    story: Story,
    *,
    choices: Choices | None = None,
    profile: FaultProfile = CALM,
    serializable: bool = False,
) -> Bank:
    kernel = Kernel()
    its_choices = Choices() if choices is None else choices
    bank = Bank(kernel, Faults(its_choices, profile), Database(kernel, serializable=serializable))
    bank.database.table("t")["x"] = 100

    async def main(kernel: Kernel, _: trio.Nursery) -> None:
        await story(bank)

    play(main, kernel=kernel, choices=its_choices)
    return bank


async def take(store: Store, amount: int, *, for_update: bool = False) -> None:
    async with store.transaction() as tx:
        balance = await tx.get("t", "x", for_update=for_update)
        await tx.put("t", "x", balance - amount)


async def both(
    bank: Bank, one: Callable[[Store], Awaitable[object]], other: Callable[[Store], Awaitable[object]]
) -> None:
    async with trio.open_nursery() as nursery:
        bank.kernel.spawn(nursery, "one", one, bank.store())
        bank.kernel.spawn(nursery, "other", other, bank.store())


def balances(story: Story, *, seeds: int = 60, serializable: bool = False) -> set[Any]:
    return {
        in_a_bank(story, choices=Choices(seed=seed), serializable=serializable).balance
        for seed in range(seeds)
    }


async def two_take(bank: Bank, *, for_update: bool) -> None:
    await both(
        bank, partial(take, amount=10, for_update=for_update), partial(take, amount=30, for_update=for_update)
    )


# -- anomalies ----------------------------------------------------------------------------------------------


def test_an_update_is_lost_without_for_update() -> None:
    assert {70, 90} & balances(partial(two_take, for_update=False))


def test_no_update_is_lost_with_for_update() -> None:
    assert balances(partial(two_take, for_update=True)) == {60}


def test_no_update_is_lost_in_a_serializable_store() -> None:
    assert balances(partial(two_take, for_update=False), serializable=True) == {60}


def test_a_read_is_not_repeatable_and_never_dirty() -> None:
    seen: set[tuple[Any, Any]] = set()

    async def story(bank: Bank) -> None:
        async def reads_twice(store: Store) -> None:
            async with store.transaction() as tx:
                seen.add((await tx.get("t", "x"), await tx.get("t", "x")))

        async def writes_twice(store: Store) -> None:
            async with store.transaction() as tx:
                await tx.put("t", "x", 666)
                await tx.put("t", "x", 1)

        await both(bank, reads_twice, writes_twice)

    balances(story)
    assert seen == {(100, 100), (100, 1), (1, 1)}


def test_compare_and_set_lets_one_of_two_win() -> None:
    won: list[list[bool]] = []

    async def story(bank: Bank) -> None:
        results: list[bool] = []
        won.append(results)

        async def swap(store: Store, row: int) -> None:
            async with store.transaction() as tx:
                results.append(await tx.compare_and_set("t", "x", 100, row))

        await both(bank, partial(swap, row=1), partial(swap, row=2))

    assert balances(story) == {1, 2}
    assert all(sorted(results) == [False, True] for results in won)


def test_insert_refuses_a_key_that_is_there() -> None:
    async def story(bank: Bank) -> None:
        async with bank.store().transaction() as tx:
            assert not await tx.insert("t", "x", 5)
            assert await tx.insert("t", "y", 5)
            assert not await tx.insert("t", "y", 6)

    bank = in_a_bank(story)
    assert bank.database.table("t") == {"x": 100, "y": 5}


# -- transactions -------------------------------------------------------------------------------------------


def test_a_transaction_sees_its_own_writes_and_others_do_not() -> None:
    async def story(bank: Bank) -> None:
        store = bank.store()
        async with store.transaction() as tx:
            await tx.put("t", "x", 1)
            await tx.put_all("t", {"b": 2, "a": 3})
            await tx.delete("t", "b")
            assert await tx.get("t", "x") == 1
            assert await tx.rows("t") == [("a", 3), ("x", 1)]
            assert store.committed("t") == {"x": 100}
            async with bank.store().transaction() as another:
                assert await another.rows("t") == [("x", 100)]

    assert in_a_bank(story).database.table("t") == {"x": 1, "a": 3}


def test_an_exception_rolls_back_and_frees_the_locks() -> None:
    async def story(bank: Bank) -> None:
        async def fails() -> None:
            async with bank.store().transaction() as tx:
                await tx.put("t", "x", 1)
                raise LookupError

        with pytest.raises(LookupError):
            await fails()
        await take(bank.store(), 10, for_update=True)

    assert in_a_bank(story).balance == 90


def test_a_row_that_a_merchant_changes_in_place_is_not_committed_by_that() -> None:
    async def story(bank: Bank) -> None:
        row = {"state": "PAYING"}
        async with bank.store().transaction() as tx:
            await tx.put("t", "order", row)
            row["state"] = "changed after the put"
        async with bank.store().transaction() as tx:
            (await tx.get("t", "order"))["state"] = "changed after the get"

    assert in_a_bank(story).database.table("t")["order"] == {"state": "PAYING"}


def test_commits_are_told_and_only_those_that_wrote() -> None:
    told: list[Any] = []

    async def story(bank: Bank) -> None:
        bank.database.on_commit = lambda: told.append(bank.balance)
        async with bank.store().transaction() as tx:
            await tx.get("t", "x")
        await take(bank.store(), 10)

    in_a_bank(story)
    assert told == [90]


# -- locks --------------------------------------------------------------------------------------------------


def test_a_lock_is_not_waited_for_without_end() -> None:
    async def story(bank: Bank) -> None:
        async def keeps(store: Store) -> None:
            async with store.transaction() as tx:
                await tx.get("t", "x", for_update=True)
                await bank.kernel.sleep(60_000, "keeps")

        async def wants(store: Store) -> None:
            await bank.kernel.sleep(1, "wants")
            with pytest.raises(StoreError, match="the lock on t x was not free for 10 s"):
                await take(store, 10, for_update=True)
            assert bank.kernel.now == LOCK_WAIT + 1

        await both(bank, keeps, wants)

    assert in_a_bank(story).balance == 100


def test_a_deadlock_ends() -> None:
    async def story(bank: Bank) -> None:
        results: list[str] = []

        async def locks(store: Store, first: str, second: str) -> None:
            try:
                async with store.transaction() as tx:
                    await tx.put("t", first, first)
                    await bank.kernel.sleep(5, "thinks")
                    await tx.put("t", second, first)
                results.append("committed")
            except StoreError:
                results.append("gave up")

        await both(bank, partial(locks, first="x", second="y"), partial(locks, first="y", second="x"))
        assert "gave up" in results
        assert bank.kernel.now >= LOCK_WAIT
        await take_lock(bank, "x")
        await take_lock(bank, "y")

    for seed in range(10):
        in_a_bank(story, choices=Choices(seed=seed))


async def take_lock(bank: Bank, key: str) -> None:
    async with bank.store().transaction() as tx:
        await tx.get("t", key, for_update=True)


# -- crashes ------------------------------------------------------------------------------------------------


def test_a_crash_drops_the_open_writes_and_frees_the_locks() -> None:
    async def story(bank: Bank) -> None:
        doomed = bank.store()

        async def work() -> None:
            with doomed.process.scope:
                async with doomed.transaction() as tx:
                    await tx.put("t", "x", 1)
                    await bank.kernel.sleep(60_000, "works")

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work)
            await bank.kernel.sleep(10, "story")
            bank.crash(doomed.process)
            await take(bank.store(), 10, for_update=True)
            assert bank.kernel.now == 10, "nobody waits for a dead transaction"

    assert in_a_bank(story).balance == 90


def test_what_a_shielded_finally_of_a_crashed_process_wants_to_write_is_not_written() -> None:
    written: list[str] = []

    async def story(bank: Bank) -> None:
        doomed = bank.store()
        warehouse = Warehouse(lambda order, effect: written.append(effect))
        shop = ShopClient(warehouse, doomed.process)

        async def work(clean_up: Callable[[], Awaitable[object]]) -> None:
            try:
                await bank.kernel.sleep(60_000, "works")
            finally:
                with trio.CancelScope(shield=True):
                    await bank.kernel.sleep(50_000, "zombie")
                    with pytest.raises(ProcessDead, match="merchant has crashed"):
                        await clean_up()

        async def process() -> None:
            with doomed.process.scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(work, lambda: take(doomed, 100))
                    nursery.start_soon(work, lambda: shop.ship("P1", "P1 ship"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(process)
            await bank.kernel.sleep(10, "story")
            bank.crash(doomed.process)
            await take(bank.store(), 10)
            await bank.kernel.sleep(100_000, "long after")

    assert in_a_bank(story).balance == 90
    assert written == []


def test_a_crash_at_the_commit_writes_nothing() -> None:
    script = [Deviation("merchant store.commit", 1, "crash 500")]

    async def story(bank: Bank) -> None:
        with pytest.raises(ProcessDead):
            await take(bank.store(), 10)
        await take(bank.store(), 1)

    bank = in_a_bank(story, choices=Choices(script=script))
    assert (bank.balance, bank.crashes) == (99, [500])


# -- a failing and a slow store -----------------------------------------------------------------------------


def test_a_failing_store_says_so_and_writes_nothing() -> None:
    async def story(bank: Bank) -> None:
        with pytest.raises(StoreError, match=r"merchant store\.put t x: the store is not there"):
            await take(bank.store(), 10)

    choices = Choices(script=[Deviation("merchant store.put t x", 1, "fail")])
    assert in_a_bank(story, choices=choices).balance == 100


def test_a_slow_store_takes_its_time() -> None:
    async def story(bank: Bank) -> None:
        await take(bank.store(), 10)
        assert bank.kernel.now == 2_500

    choices = Choices(script=[Deviation("merchant store.get t x", 1, "slow 2500")])
    assert in_a_bank(story, choices=choices).balance == 90


def test_faults_of_the_store_are_drawn_at_their_rates() -> None:
    profile = FaultProfile(
        "p", crash=20_000, store_failure=100_000, store_slow=100_000, store_slowness=Latency.constant(7)
    )
    counts = {"failed": 0, "done": 0, "crashed": 0}

    async def story(bank: Bank) -> None:
        for i in range(1_000):
            try:
                async with bank.store().transaction() as tx:
                    await tx.get("t", f"k{i}")
                counts["done"] += 1
            except StoreError:
                counts["failed"] += 1
            except ProcessDead:
                counts["crashed"] += 1
        assert 50 * 7 < bank.kernel.now < 150 * 7

    in_a_bank(story, choices=Choices(seed=3), profile=profile)
    assert 60 < counts["failed"] < 140
    assert 5 < counts["crashed"] < 40


def test_what_the_story_plans_for_an_access_happens_once() -> None:
    async def story(bank: Bank) -> None:
        bank.faults.planned["merchant store.put t x"] = "fail"
        with pytest.raises(StoreError):
            await take(bank.store(), 10)
        await take(bank.store(), 10)

    assert in_a_bank(story).balance == 90


# -- the shop -----------------------------------------------------------------------------------------------


def test_the_shop_does_each_key_once() -> None:
    done: list[tuple[str, str]] = []
    warehouse = Warehouse(lambda order, effect: done.append((order, effect)), stock=2)

    async def story(bank: Bank) -> None:
        shop = ShopClient(warehouse, bank.process())
        for _ in range(2):
            assert await shop.reserve("P1", "P1 reserve")
            await shop.ship("P1", "P1 ship")
        assert await shop.reserve("P2", "P2 reserve")
        assert not await shop.reserve("P3", "P3 reserve")
        await shop.release("P2", "P2 release")
        await shop.release("P2", "P2 release")
        assert await shop.reserve("P3", "P3 reserve"), "a refusal is not remembered"

    in_a_bank(story)
    assert warehouse.stock == 0
    assert done == [
        ("P1", "reserve"),
        ("P1", "ship"),
        ("P2", "reserve"),
        ("P2", "release"),
        ("P3", "reserve"),
    ]
