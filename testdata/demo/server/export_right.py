import os

import requests

profiles = requests.get(
    "https://a.klaviyo.com/api/profiles/",
    headers={"Authorization": f"Klaviyo-API-Key {os.environ['KLAVIYO_PRIVATE_KEY']}", "revision": "2026-07-15"},
)
