"""Secrets of Flymaster devices: a device proves that it knows its secret by a digest, not by a token.

The wire format's digest is plain SHA-256 of serial and secret. It proves nothing about the points
that follow it, so a device may send points of its own and nothing else: never an SOS.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from racecontrol.control.secret_files import kept_secret
from racecontrol.errors import ConfigError
from racecontrol.settings import Settings

SECRET_BYTES: Final = 16
"""128 bits, in hexadecimal: people type it into devices."""

_SHORTEST_SECRET: Final = 16


class DeviceSecrets:
    """The site's secret, and the one of each device that follows from it."""

    def __init__(self, site_secret: str, *, is_own_only: bool = False) -> None:
        """is_own_only: the site's secret will not do; each device must use its own."""
        self._site_secret = site_secret
        self._is_own_only = is_own_only

    def secret_of(self, serial: str) -> str:
        """What to type into this device. A device that is stolen gives away no secret but its own."""
        return self.own_secret(serial) if self._is_own_only else self._site_secret

    def own_secret(self, serial: str) -> str:
        """The secret of this device alone."""
        own = hmac.new(self._site_secret.encode(), _bytes(serial), "sha256")
        return own.hexdigest()[: 2 * SECRET_BYTES]

    def is_genuine(self, serial: str, digest: str) -> bool:
        """Whether the digest is of this serial and a secret that it may use. Takes the same time for any."""
        given = digest.lower().encode("utf-8", "replace")
        is_own = hmac.compare_digest(_digest(serial, self.own_secret(serial)), given)
        is_sites = hmac.compare_digest(_digest(serial, self._site_secret), given)
        return is_own or (is_sites and not self._is_own_only)


def device_secrets(settings: Settings) -> DeviceSecrets:
    """The secrets of a site: from RACECONTROL_DEVICE_SECRET, else the file device.secret, made if missing.

    Raises: ConfigError where it is too short, or others can read the file.
    """
    is_own_only = settings.device_secrets == "own"
    if settings.device_secret is None:
        secret = kept_secret(settings.data_dir / "device.secret", SECRET_BYTES)
        return DeviceSecrets(secret, is_own_only=is_own_only)
    secret = settings.device_secret.get_secret_value()
    if len(secret) < _SHORTEST_SECRET:
        what = f"RACECONTROL_DEVICE_SECRET has {len(secret)} characters"
        raise ConfigError(what, advice=f"give at least {_SHORTEST_SECRET} random characters")
    return DeviceSecrets(secret, is_own_only=is_own_only)


def _digest(serial: str, secret: str) -> bytes:
    return hashlib.sha256(_bytes(serial + secret)).hexdigest().encode()


def _bytes(text: str) -> bytes:
    """UTF-8 of anything: a serial comes from outside."""
    return text.encode("utf-8", "surrogatepass")
