"""Tell the secret that is typed into a Flymaster device."""

from __future__ import annotations

import argparse

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("serial", metavar="SERIAL", help="the device's serial number")
    parser.add_argument("--own", action="store_true", help="the one of this device alone, not the site's")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    from racecontrol.control.devices import device_secrets

    secrets = device_secrets(settings_of(options))
    secret = secrets.own_secret(options.serial) if options.own else secrets.secret_of(options.serial)
    if options.json:
        print_json({"serial": options.serial, "secret": secret})
    else:
        print_text(secret)
    return 0
