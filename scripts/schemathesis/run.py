#!/usr/bin/env python3
"""Generated requests against a fresh hub: what the contract allows is served, what it forbids is
refused, and every answer is one that it names.

    run.py <battala> [seconds] [seed]

Starts the hub on a free port with an empty data directory, rates out of the way and an
administrator, runs schemathesis over the whole document with all checks, and ends with its exit
code. The seed is the same each time, so that a red run is about the change and can be repeated;
`random` takes another one, for who goes looking. Needs the packages of requirements.txt.
"""

import os
import pathlib
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NAME, PASSWORD = "generated-owner", "a long enough passphrase"
# Of no use against a machine that is slow; the rates are what would end such a run.
RATE = 1_000_000


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def settings(battala, data, port):
    """Every rate that the hub has, raised; the setup page answered."""
    base = {
        "BATTALA_DATA_DIR": str(data),
        "BATTALA_LISTEN": f"127.0.0.1:{port}",
        "BATTALA_SETUP_ADMIN_NAME": NAME,
        "BATTALA_SETUP_ADMIN_PASSWORD": PASSWORD,
        "BATTALA_SETUP_REGISTRATION": "open",
        "BATTALA_LIMITS_PASSWORD_COST": "4",
        "BATTALA_LOG_LEVEL": "warn",
    }
    shown = subprocess.run(
        [battala, "config", "show"], env={**clean(), **base}, check=True, capture_output=True
    )
    limits = tomllib.loads(shown.stdout.decode())["limits"]
    for name, rate in limits.items():
        if isinstance(rate, dict):
            for part in rate:
                base[f"BATTALA_LIMITS_{name}_{part}".upper()] = str(RATE)
    return base


def clean():
    return {name: text for name, text in os.environ.items() if not name.startswith("BATTALA_")}


def wait_until_ready(hub, url):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and hub.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz"):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the hub did not start")


def main():
    battala = str(pathlib.Path(sys.argv[1]).resolve())
    seconds = sys.argv[2] if len(sys.argv) > 2 else "300"
    seed = sys.argv[3] if len(sys.argv) > 3 else "1"
    if seed == "random":
        seed = str(secrets.randbits(32))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as place:
        data = pathlib.Path(place) / "data"
        data.mkdir(mode=0o700)
        env = {**clean(), **settings(battala, data, port)}
        with (pathlib.Path(place) / "log").open("w+b") as log:
            hub = subprocess.Popen([battala, "serve"], env=env, cwd=place, stdout=log, stderr=log)
            try:
                wait_until_ready(hub, url)
                code = generate(url, seconds, seed, place)
            finally:
                hub.terminate()
                hub.wait()
                log.seek(0)
                faults = [line for line in log if b'"ERROR"' in line]
    for line in faults:
        print(line.decode(errors="replace"), end="")
    sys.exit(code or len(faults) > 0)


def generate(url, seconds, seed, place):
    env = {
        **clean(),
        "BATTALA_URL": url,
        "BATTALA_LOGIN": NAME,
        "BATTALA_PASSWORD": PASSWORD,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/openapi.json"]
    options = ["--max-time", seconds, "--seed", seed, "--no-color", "--warnings", "off"]
    return subprocess.run(command + options, env=env, cwd=place).returncode


if __name__ == "__main__":
    main()
