import requests

# a script that someone ran once and committed
profiles = requests.get(
    "https://a.klaviyo.com/api/profiles/",
    headers={"Authorization": "Klaviyo-API-Key pk_0123456789abcdef0123456789abcdef01", "revision": "2026-07-15"},
)
