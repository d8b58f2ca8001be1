"""The shop behind the merchant: stock and shipping, which dedupe by key and check nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from paytwice.merchant.process import Process

PLENTY: Final = 1_000_000


@attrs.define(eq=False)
class Warehouse:
    """What survives a crash of the merchant: how much is on the shelf, and which keys were seen."""

    did: Callable[[str, str], None]  # called with order and effect, for each effect that was really done
    stock: int = PLENTY
    _seen: dict[str, bool] = attrs.field(factory=dict)

    def do(self, order_id: str, effect: str, key: str) -> bool:
        """Do an effect once for each key; says whether it was done now or before."""
        if key in self._seen:
            return True
        if effect == "reserve" and self.stock <= 0:
            return False
        self.stock += {"reserve": -1, "release": 1}.get(effect, 0)
        self._seen[key] = True
        self.did(order_id, effect)
        return True


@attrs.define(eq=False)
class ShopClient:
    """A merchant process's way to the shop."""

    warehouse: Warehouse
    process: Process

    async def reserve(self, order_id: str, key: str) -> bool:
        """Reserve the goods of an order; False when there are none."""
        await self.process.access(f"shop.reserve {order_id}")
        return self.warehouse.do(order_id, "reserve", key)

    async def release(self, order_id: str, key: str) -> None:
        """Put the goods of an order back on the shelf."""
        await self.process.access(f"shop.release {order_id}")
        self.warehouse.do(order_id, "release", key)

    async def ship(self, order_id: str, key: str) -> None:
        """Hand the goods over."""
        await self.process.access(f"shop.ship {order_id}")
        self.warehouse.do(order_id, "ship", key)
