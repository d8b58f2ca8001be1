"""Alipay's open API on the wire: gateway.do, its signed answers, and its notifications.

`channel.AlipayChannel` is Alipay's side of it, over a desk; `merchant.AlipayMerchant` is what a correct
client does, for tests and examples.

Sources: payments.md E.1.2 and E.2.2;
opendocs.alipay.com/apis/api_1/alipay.trade.precreate and its neighbours for the fields,
opendocs.alipay.com/open/common/105806 for the codes of the gateway [S]. What no source says is marked [-].
"""
