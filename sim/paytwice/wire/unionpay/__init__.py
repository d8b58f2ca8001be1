"""UnionPay's online gateway (ACP 5.1.0) on the wire: front and back requests, queries, files, notifications.

`channel.UnionpayChannel` is UnionPay's side of it, over a desk; `merchant.UnionpayMerchant` is what a correct
client does, for tests and examples. Of bills there is the one of transactions; there is none of funds.

Sources, all [S], for the specification itself (open.unionpay.com) is no public text: the official SDK and
its demo pages as many repositories keep them (`AcpService`, `SDKUtil`, `CertUtil`; `Form_6_2` to
`Form_6_5`), the list of codes of the specification's part 5 as client libraries quote it, and messages of the
test gateway that other libraries' tests have recorded: a refund of 2024 with its signature, queries of 2018
and 2024, a notification of 2018. How the signature is made was checked against that refund. What no source
says is marked [-].

Where the sources disagree:
- An orderId has 8 to 40 letters and digits; older demos say 8 to 32. Neither has "-" nor "_".
- merId, orderId and txnTime together are said to name a transaction, and an orderId to be used once in a day.
  Here an orderId is used once, and the same one with another txnTime is a duplicate (12).
- Fields that are missing are 13 in the list of codes, and 10 [6100030] in a demo's notes. Here they are 13.
- A field that the specification does not have makes an HTTP 400 by the demo's notes. Here it survives, as
  with the other channels: the fields of tomorrow are unknown today.
- Refunds: the demo's pages call one of too much 36 [2050004], and one of no payment 35 [2040004]; the desk's
  profile has 33 and 34 for them, and the wire says what the desk says.
- Notifications: "success only" in one comment, and in another that back transactions are told of however
  they end. The desk decides (`refund_news_of`), and the wire can tell of either.
- The clearing day ends at 23:00 and its file is there at 9:00, by the demo's pages; the desk's profile has
  midnight and 10:00, and the wire goes with it.
- The certificate of the test gateway names its owner 00040000:SIGN in 2018, and
  中国银联股份有限公司 in 2024. Ours has the newer name, which every client takes.
"""
