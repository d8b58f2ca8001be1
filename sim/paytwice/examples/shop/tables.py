"""The tables, and how an order and a job are written as rows.

An order is one frozen value of the core, so it is one row: its JSON, and beside that what is searched by.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import attrs
from cattrs.preconf.json import make_converter
from sqlalchemy import BigInteger, Column, Integer, MetaData, RowMapping, String, Table, Text

from paytwice.calendar import HOUR, MINUTE, SECOND
from paytwice_core import Order

METADATA: Final = MetaData()
ORDERS: Final = Table(
    "orders",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
)
JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("id", String(128), primary_key=True),  # one job of a kind for one target
    Column("kind", String(16), nullable=False),
    Column("order_id", String(32), nullable=False, index=True),
    Column("target", String(64), nullable=False),
    Column("due", BigInteger, nullable=False, index=True),
    Column("since", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
)
# When a trade's last refund number was sent: WeChat wants a minute between two of them.
SPACING: Final = Table(
    "spacing",
    METADATA,
    Column("out_trade_no", String(32), primary_key=True),
    Column("refund", String(64), nullable=False),
    Column("sent_at", BigInteger, nullable=False),
)

_JSON: Final = make_converter()


def order_of(row: RowMapping) -> Order:
    """The order that a row tells of."""
    return _JSON.loads(row["body"], Order)


def order_row(order: Order, version: int) -> dict[str, Any]:
    """The row of an order."""
    return {"id": order.id, "version": version, "state": order.state.value, "body": _JSON.dumps(order)}


class Kind(StrEnum):
    """What there is to do."""

    EXPIRE = "expire"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    QUERY_REFUND = "query-refund"
    SHIP = "ship"
    RELEASE = "release"


# Waits between one try and the next; the last is repeated. WeChat's own advice for queries is 5 s, 30 s, 1 m,
# 3 m, 5 m, 10 m, 30 m, and for refunds 1 m, then 5, 10, 20, 30 m (pay.weixin.qq.com, 4012075249).
PLANS: Final[dict[Kind, tuple[int, ...]]] = {
    Kind.EXPIRE: (SECOND, 10 * SECOND, MINUTE),
    Kind.QUERY: (5 * SECOND, 30 * SECOND, MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE),
    Kind.CLOSE: (5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE),
    Kind.REFUND: (15 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 20 * MINUTE),
    Kind.QUERY_REFUND: (MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE),
    Kind.SHIP: (SECOND, 10 * SECOND, MINUTE, HOUR),
    Kind.RELEASE: (SECOND, 10 * SECOND, MINUTE, HOUR),
}


@attrs.frozen
class Job:
    """One thing to do to one target (an order, an attempt, a refund), not before `due`.

    Times are Unix milliseconds. `version` is that of the order when the job was made: one that is made
    again while the first is being done is another job.
    """

    kind: Kind
    order_id: str
    target: str
    due: int
    since: int
    version: int
    tries: int = 0

    @property
    def id(self) -> str:
        """The key of its row."""
        return f"{self.kind.value} {self.target}"

    def again(self, now: int) -> Job:
        """The same job after one more try in vain."""
        plan = PLANS[self.kind]
        return attrs.evolve(self, due=now + plan[min(self.tries, len(plan) - 1)], tries=self.tries + 1)


def job_of(row: RowMapping) -> Job:
    """The job that a row tells of."""
    fields = {name: row[name] for name in ("order_id", "target", "due", "since", "version", "tries")}
    return Job(Kind(row["kind"]), **fields)


def job_row(job: Job) -> dict[str, Any]:
    """The row of a job."""
    return {"id": job.id, **attrs.asdict(job), "kind": job.kind.value}
