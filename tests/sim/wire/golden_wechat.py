"""Messages that other programs have signed and encrypted, to hold ours against.

The key was made for this file by `openssl genpkey` and thrown away: only its public half is here, and that is
all it takes to find a wrong byte. The requests were signed by `openssl dgst -sha256 -sign`, the notification
by the `crypto` of Node.js (aes-256-gcm, RSA_PKCS1_PADDING), from the formats of payments.md E.1.1.
"""

from __future__ import annotations

from typing import Final

PUBLIC_KEY: Final = b"""\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0yS6hSKNxpPEc8L1qCOW
WrHbGWDevnn2Or80OZrFc+B7PpQXdN0SA2seKTsxLgGPVHdIHqxyAIbTKWV0Nj54
W507+376HaNzl3lVbdBcr+MknhvzjtmhiYtLBSsjU7d1KAzZaHYUBywyUKBo9b0+
x2j0jZt43q1IS5VtEUmVHaaST6uO8X6B2cpVYRCb9LnPNr38oxJyIACzLb1MfFrt
/CDLfmjti/M10y18JkARqPYuwPRruNXDA19P9Nb9FLQJCrwAmlQea8JwPTw7GJWu
pHHfKrorDyYFmDddhS+EfTYXpYBjqOst7PSnN6VZIBTZA+ziTvHq+K5xsAWtxNkA
YQIDAQAB
-----END PUBLIC KEY-----
"""
SERIAL: Final = "PUB_KEY_ID_0114232134912410000000000000"
TIMESTAMP: Final = 1_772_431_200
NONCE: Final = "593BEC0C930BF1AFEB40B4A08C8FB242"

REFUND_BODY: Final = (
    '{"out_trade_no":"T-10001","out_refund_no":"R-1","reason":"商品已售完","amount":{"refund":100,"total":'
    '9900,"currency":"CNY"},"colour":"new"}'
)
REFUND_SIGNATURE: Final = (
    "ckQWufFzIKASPFGwHJDGywhfCdOFeMtYNSrzNx7tr3vWTpJPuBhW0LQGvB488WI3WoEtpZWv5tqpAJK0XZ5BscZDk1X/FwjE"
    "mgvcljoZ6x/ri7FgNVMTT5NB/FKfXowpndkBzOtmIuEbk0euVvNo9Pk+hj5NcdPDR7MASUB/tz8w5gNS7DpIQCTmeFD9Zyya"
    "Tyae+QReVFUOaJnkTqLYf/kva4pyeOhJXVMPWrNqd4JLM1KboXkOwqpdM6HwNmOz0g47Mr3bpHtYiyMy3lmFCqlvEv0BohCb"
    "SjNbOG3vcDssXkvec7wyivCUpz1p07RUV6QFRIVkJqWTmRWa5aL/mg=="
)
QUERY_SIGNATURE: Final = (
    "GX22cFfSNoC3JNSwIgGauh9O4tzR5BjIius210+4N3HrsIIXArHtg4GpawhgcfrnQlcn4Epkt+2vCXLpBJSIpCVxNhAKXuM7"
    "8SpgN1aENP6AyGFdwTePJ9mqpCRZ74yyStEu4DuoPGh/L3WFIKJ5O+qbkOdjRgYblpKCVWigTMD8W58QkQYdxiplbyeQQBr8"
    "98rN1jwdmd+Y+8n6DljAOFyRpMHi8RX+gAS0HWUTHYJU86qe7LkXzt4odXdIt/TlzMtsGAc6L//puOi3NY+TJDJ9c2JqKZcq"
    "zJ3Hlta6SFkFF5oC0mo5RmTI9nK9yV8QLHczb1uztbf+QK3goAaOsQ=="
)

API_V3_KEY: Final = "0123456789abcdef0123456789abcdef"
NOTICE_TIMESTAMP: Final = 1_772_431_202
NOTICE_NONCE: Final = "d824f2e086d3c1df967785d13fcd22ef"
NOTICE_BODY: Final = (
    '{"id":"EV-2018022511223320873","create_time":"2026-03-02T14:00:01+08:00","resource_type":"encryp'
    't-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"tra'
    'nsaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"DUcegK33A8MEOgdCtMPWwAdqzVjy3c3BTENCdjZ/7'
    "K2gOkdL0pBpKZrSO4KcjLkLW6SrqBdzgGy/sMCWIPKVQdMoXvMnxGklZxJsUG5KRJ5JrwDfsUBY0xO2Oc7ISdTbUQ6dyBiL0"
    "j8ZGTaiNRIMz0SUdSAagusGnnm+KTxGp4VQZdjj6QEtPXncnByKzIbZZsfAIthXbKNGEXXyXLKV0pybtmm0fw20LKRygK9SC"
    "p4pOTx9zAMhmpZZWpMLSItEIqo4BSJ9QVdXwFZ/dOaEHCYQkmFfPMZqioAMtl4mZi5TWa2CMonpCduFkNuAyl4jChg0/CMXs"
    "XU6+5y/kVu3IwjjRwhw7PTWee7xB1gg8QphXA27bXZaVJrXEiDbxMFY5wWqJ1M2fboZeBxKsS5RFkkRi1JXXZFp8Pngr0Zz7"
    "mJtpVfFncRu0hXyzcnY0d1xmpthJQht94ZG2dwdNUaTXKEE/SRiVbKMHk+OyTGOsI4G3zzR074ndWHAbjwLPLA8eGUenbAo3"
    '083ZHXsakYsQUbkXMZaCARhnnjd3YOtIDpMLIp0xM7eNNUEk1kDjAJ5CehUscUdz4Vkzai62eSyTSt7y/Jp1R++8m3l","as'
    'sociated_data":"transaction","nonce":"fdasflkja484"},"extra":"unknown"}'
)
NOTICE_SIGNATURE: Final = (
    "BgPkLYCgkAgCgF5mYa01hk8syIWUYNodTv2LoPkqUi5a2L7D1VQXrQDHxT8W1iMNy8nsG9CPd8Pzu2q4ph8uSo8eMoIHxHdc"
    "LOBbzKAy+kLh0WlNpl1JFh+uS56m/g+SekmJFqx0KFvukm02sRW4fJ+fF7B9rWZTZQh9dQQ/92oYWce5Bn+pYX4YduHEzxJL"
    "KwZioc6TE9ae2B92TJBzp7bniw9RKZKabV7DiXlkM4em9QTv1x0FXX+uazSdRJLWyGIiuDMe05k1cM4CxWvw8X/5oKYF89th"
    "cIyO06EMfbpwIA+RBpNkkpweZmaKeSCwTAwCiR32AxKIFXsJIYqepQ=="
)
NOTICE_PLAIN: Final = (
    '{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"T-10001","transaction_id":"42'
    '00000001202603020000000001","trade_type":"NATIVE","trade_state":"SUCCESS","trade_state_desc":"支付'
    '成功","bank_type":"OTHERS","attach":"","success_time":"2026-03-02T14:00:01+08:00","payer":{"openid'
    '":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},"amount":{"total":9900,"payer_total":9400,"currency":"CNY","pa'
    'yer_currency":"CNY"},"field_of_tomorrow":{"a":[1]}}'
)
