"""A correct payment service in the style of open-source shops: services over rows.

Orders, payments, refunds and the outbox are small tables, each with a status column. A service loads the rows
of one order under the order's lock (SELECT ... FOR UPDATE), sets columns as an ORM would let it, and commits
what it has changed. What has to be done later is a `next_run_at` in the row itself, and one scheduler sleeps
until the next row is due. So are jeepay, yudao, litemall and saleor built, in their languages.

The shop has one way of doing things where merchants differ: a customer may have several payments open at
once, and money that comes for a closed order goes back. It heeds two settings, `closing` and `mismatch`.

    rows.py                 the tables
    session.py              the rows of one order, loaded, changed and committed together
    scheduler.py            runs what is due
    order_service.py        open, cancel, expire, close
    payment_service.py      start, query, close; what the channels have captured
    refund_service.py       what goes back: granted to customers, or owed for what did not win
    refund_sender.py        how it goes back: asked for, asked after, sent another way
    fulfilment_service.py   the outbox: ship, release
    bill_service.py         the T+1 bill
    callback_controller.py  the notify_url
    views.py                what the rows say
    shop.py                 all of it put together
"""

from paytwice.gallery.others.service.shop import PaymentShop as PaymentShop
from paytwice.gallery.others.service.shop import service as service
