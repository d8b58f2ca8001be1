"""WeChat Pay APIv3, the merchant's direct mode, on the wire.

`channel.WechatChannel` is WeChat's side of it, over a desk; `merchant.WechatMerchant` is what a correct
client does, for tests and examples.

Sources: payments.md E.1.1 and E.2.1, which name the official pages; beyond those
pay.weixin.qq.com/docs/merchant/apis/... and pay.weixin.qq.com/doc/v3/merchant/... (prepay, query, refund,
abnormal refund, bills), pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html (the trade
bill), wechatpay-api.gitbook.io/wechatpay-api-v3 (signatures, and why a request is answered with 401). What
no source says is marked with [-] where it is decided.
"""
