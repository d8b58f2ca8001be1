"""Messages that other programs have signed, with keys made for this file and thrown away.

The request was signed by `openssl dgst -sha256 -sign`; the response and the notification by the `crypto` of
Node.js, whose URLSearchParams wrote the form.
"""

from __future__ import annotations

from typing import Final

PUBLIC_KEY: Final = b"""\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3m/STZ3BVk50ycVP+UKG
SHr61QEuK5zQ4jsFjqXX34mMouToWqRd9KghEUzW9YxfwtbGKQyWv4INCmdgTpBB
8quwpyE+V/imo3PnFhMZdM7qvqS3RJQ+YNf0QsFF/YnEBu1Pe1H31+r5kihpD3Ik
Kdbsf+7GUfrU7FUAqiQuaBOpRFVPuHEBl8ZVMO+GhBBiNqN+T5DlaF9YMjIrHiuI
3HXBNiLuTdoVmNnfE2E+MlqSwzUk2MdiZrut2Xidh3xnin3TvsFhgGDTaF+BAYKV
THWwFFHy6RwLVol06b03QpgYo11zRk3jZGDzSxcJmgnAqcOFB7OTycYWqRZ73hEx
/QIDAQAB
-----END PUBLIC KEY-----
"""
SIGNED: Final = (
    'app_id=2021000000000001&biz_content={"out_trade_no":"T10001","total_amount":"99.00","subje'
    'ct":"茶 100%","time_expire":"2026-03-02 15:00:00"}&charset=utf-8&method=alipay.trade.precre'
    "ate&notify_url=https://m.example/ali?a=b&sign_type=RSA2&timestamp=2026-03-02 14:00:00&vers"
    "ion=1.0"
)
SIGNATURE: Final = (
    "I8yFUJdR+aDSi4DOXqkL7OM+D68I7Lf9VaoqYxbJ4xFNepaYHWfeRMFtCMwqVHBF+xTH7R4Kl749V65mD8Xp7F+6hV"
    "JDZKNPo1EDXMeHpQXfCw3KXS//zYLUqCLMwxHfQCEKnQtC0Apfyu7dETfXB2sm7PNXTLVT8180IsXmoYt2SkDFejyu"
    "dR/3oL7RFZ3BvRoMIUWJV+2cAh82f6EJIdsrNQ4WRwzG6sUwCDzEm4ruNaHcVN47CjslXTkI40VMtGOi7a1m7KWEhm"
    "gE76XbuqsI0sGplZ2YmX3xyIIZYMy7OCkiLoApEaTztIFgLfjcVUDxpWdjECF/vdo++ypn+w=="
)

ALIPAYS_PUBLIC_KEY: Final = b"""\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmXIoqTzJzgr1mT44qkRw
cEf5ASVGKb64A6iOiWqw7wuSiWMyO0bYNgVsIQoB+BjIaTzgsq3Ue6f3gU8duGWt
eeBT/Ryymkmrf+WDRTf+zh/BA8kyU5Nisdg/LcHMR/I4MTv+0hUzzpQUyinY8mgj
Oby/dbOQ8RWm08sB6Jux5SdbB2LNwtVeomMcOS0RY+/mnzG0L959x6mp6Qfas9Hh
V8PEMgSNz6OcKzHHE28BA7AuFETW+j6K0Wzga67UTsRlRDZOj8K6npMUdtUCx/nf
EJxrWE+iTjmBZzvnVWWtdva7xa3zMmJGeP5vePnaXe4Fcj8XXZwRQnHh81ZsfsCP
iQIDAQAB
-----END PUBLIC KEY-----
"""
NODE: Final = (
    '{"code":"10000","msg":"Success","buyer_logon_id":"159****4027","buyer_pay_amount":"94.00","buyer'
    '_user_id":"2088000000000003","field_of_tomorrow":{"a":[1, 2],"b":"}\\",\\"sign\\":\\"x"},"fund_bill_'
    'list":[{"amount":"94.00","fund_channel":"PCREDIT"}],"out_trade_no":"T10001","send_pay_date":"202'
    '6-03-02 14:00:01","subject":"\\u8336 100% \\/ 茶","total_amount":"99.00","trade_no":"20260302220014'
    '00000000000001","trade_status":"TRADE_SUCCESS"}'
)
NODE_SIGNATURE: Final = (
    "G+25fve9D/YkeomeupfkQLPfqnirg+JvsO7wUNW8QC+DKlYJz7hThmKnTIodTcX+dvCfBhNGpftzVpkQYRdDXAA2GgNpLJBh"
    "zzOjZBVOhM2B3u/KrCKboV7p4Cy2eExfEWupAAXhlvnvn6zTo4qm++KRNNzJoGukyDbKXXADaaL89g5zl3uPwlminxF3FnVc"
    "nCGNQTLAlGtyaP2m2X+hFHAAQsZzHdUGLCvJAMUYAMY0TZ1E/LEvRxelwcQYwmNImtsEUxXI1gnYzhtwhKGo0zIaU8jK0rog"
    "ZUfsH4ODURuuMicnxD5wJTUmdspPkaE648flaryH3Qqsw4FVv2hopg=="
)
FORM: Final = (
    "notify_time=2026-03-02+14%3A00%3A02&notify_type=trade_status_sync&notify_id=20260302002221400020"
    "00000000000001&app_id=2021000000000001&charset=utf-8&version=1.0&sign_type=RSA2&trade_no=2026030"
    "222001400000000000001&out_trade_no=T10001&buyer_id=2088000000000003&seller_id=2088000000000001&t"
    "rade_status=TRADE_SUCCESS&total_amount=99.00&receipt_amount=99.00&buyer_pay_amount=94.00&subject"
    "=%E8%8C%B6+100%25+a%2Bb%26c%3Dd&fund_bill_list=%5B%7B%22amount%22%3A%2294.00%22%2C%22fundChannel"
    "%22%3A%22ALIPAYACCOUNT%22%7D%5D&gmt_create=2026-03-02+13%3A59%3A58&gmt_payment=2026-03-02+14%3A0"
    "0%3A01&field_of_tomorrow=%E4%B8%AD+%E6%96%87&sign=Uv7UEjMyggttnpm9wAy4GG6sJYs6ZmMAiGCr4kXcO95L9U"
    "IbK5nkZJH7GWMRyS8AiNpPSAM3kPsXB7I97cfI92HrrzChLjtPoAe8IAOKJuC2MZvz61P0mcYbrg2ivVX4So92JIeqmm2G6L"
    "Y7W7OE1jA5mWJFn2UCW%2BmHzsz7MnxMCbEnA4ri69ZZdhpxaww3acgKwjVHBvIoMtWhtyiZ%2BtSdBuKsak%2FY5QoRs%2B"
    "AydBv6iev8L8Zin4fjTMXq40fhocK0VaSx7cWO0i6FN7pG3dNBucqhlTbPXj%2Bu2h7GbY32drBuxh1vMi21xcuScLP2zA9r"
    "nk8PGaZHBYIVQtZyrg%3D%3D"
)
