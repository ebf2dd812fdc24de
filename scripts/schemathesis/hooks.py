"""Signs in for the generated requests: one of them may have ended the session before it."""

import json
import os
import urllib.request

import schemathesis

HUB = os.environ["BATTALA_URL"]
LOGIN = {"login": os.environ["BATTALA_LOGIN"], "password": os.environ["BATTALA_PASSWORD"]}


@schemathesis.auth(refresh_interval=10)
class SignedIn:
    def get(self, case, context):
        request = urllib.request.Request(
            f"{HUB}/api/auth/login",
            json.dumps(LOGIN).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
