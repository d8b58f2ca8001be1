"""A request that `openssl dgst -sha256 -sign` has signed, with a key made for it and thrown away."""

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
