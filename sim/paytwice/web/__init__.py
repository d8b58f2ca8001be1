"""A web application as a merchant: in process, in virtual time, over the channels' own protocols.

    def make(around: Web) -> WebApp: ...

    shop = web_merchant(make)      # paytwice chaos busy_shop --merchant my.module:shop

What the network brings from a channel becomes a signed HTTP request to the application, its response becomes
the ack; what the application asks of a channel goes out through the `httpx` client that it was given. No
socket is opened, no thread started, and a second costs nothing.

It needs `pip install 'paytwice[web]'`, and nothing else of paytwice imports it.
"""

from paytwice.web.merchant import WebApp as WebApp
from paytwice.web.merchant import web_merchant as web_merchant
from paytwice.web.surroundings import Web as Web
