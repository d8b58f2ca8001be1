"""A small web shop, complete: Starlette, SQLAlchemy Core on SQLite, WeChat Pay and Alipay.

    paytwice chaos busy_shop --merchant paytwice.examples.shop:shop

It lives in the package, so that whoever has that can read it, run it, and copy from it. From the top:

- `app.py`: the requests of customers and channels, and the responses
- `payments.py`: what an order learns, in one transaction with what must follow; the core decides
- `chores.py`: what must follow, done: query, close, refund, ship
- `jobs.py`: when
- `channels.py`: WeChat Pay and Alipay over httpx
- `database.py`, `tables.py`: transactions, and the rows

What of it is for the simulation is the last function of `app.py`, and that clock, nonces and HTTP client come
from outside.
"""

from paytwice.examples.shop.app import shop as shop
