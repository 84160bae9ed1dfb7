"""Signing and checking tokens, and the files that secrets are kept in."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from pathlib import Path

import jwt
import pytest

from racecontrol.control.devices import DeviceSecrets
from racecontrol.control.secret_files import kept_secret
from racecontrol.control.tokens import ALGORITHM, ISSUER, Signer, TokenExpired, token_key
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import ConfigError, TokenRefused
from racecontrol.settings import load_settings
from tests.builders import GUN_MS

KEY = "k" * 64


class ClockAt:
    """A clock that stands."""

    def __init__(self, time_ms: int = GUN_MS) -> None:
        self.time_ms = time_ms

    def now_ms(self) -> int:
        return self.time_ms

    def monotonic_s(self) -> float:
        return 0.0


def claims(**changes: object) -> dict[str, object]:
    """The claims of a good race token, with changes; None leaves one away."""
    seconds = GUN_MS // 1000
    good = {"iss": ISSUER, "jti": "t1", "scope": "points", "race": "R42", "iat": seconds, "exp": seconds + 60}
    return {name: value for name, value in (good | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("kind", "race_id", "bib"),
    [
        (SenderKind.PILOT, "R42", "118"),
        (SenderKind.RACE, "R42", ""),
        (SenderKind.OPERATOR, "", ""),
        (SenderKind.READ, "", ""),
    ],
)
def test_a_token_says_who_it_was_issued_to(kind: SenderKind, race_id: str, bib: str) -> None:
    """Kind, race, bib, id and name come back from it."""
    signer = Signer(KEY, ClockAt())

    text, issued = signer.issue(kind, 60_000, race_id=race_id, bib=bib, name="MJ")

    assert signer.check(text).sender == Sender(kind, race_id, bib, issued.token_id, "MJ")


def test_a_token_expires() -> None:
    """In the very millisecond it was issued until, by the clock that is given."""
    clock = ClockAt()
    signer = Signer(KEY, clock)
    text, _ = signer.issue(SenderKind.READ, 60_000)

    clock.time_ms += 60_000

    with pytest.raises(TokenExpired):
        signer.check(text)


def unsigned() -> str:
    """A token that says `alg: none`."""
    parts = ({"alg": "none", "typ": "JWT"}, claims())
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "x" * 3_000,
        "ü.é.\ud800",
        unsigned(),
        jwt.encode(claims(), "q" * 64, algorithm=ALGORITHM),
        jwt.encode(claims(), KEY, algorithm="HS512"),
        jwt.encode(claims(iss="somebody"), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(jti=None), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(exp=None), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(race=None), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(scope="root"), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(scope="device"), KEY, algorithm=ALGORITHM),
        jwt.encode(claims(bib=7), KEY, algorithm=ALGORITHM),
    ],
)
def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    """Forged, unsigned, of another algorithm, of others, or without a claim: all in the same words."""
    with pytest.raises(TokenRefused, match="none of ours"):
        Signer(KEY, ClockAt()).check(text)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The second reader gets the same."""
    path = tmp_path / "site" / "token.key"

    first, second = kept_secret(path), kept_secret(path)

    assert (first, len(first), stat.S_IMODE(path.stat().st_mode)) == (second, 64, 0o600)
    assert [path] == list(path.parent.iterdir())


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    path = tmp_path / "token.key"
    kept_secret(path)
    path.chmod(0o640)

    with pytest.raises(ConfigError, match=r"chmod 600"):
        kept_secret(path)


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can be guessed is worse than none."""
    monkeypatch.setenv("RACECONTROL_TOKEN_KEY", "short")

    with pytest.raises(ConfigError, match="5 characters"):
        token_key(load_settings({"data_dir": tmp_path}))


def test_a_device_proves_that_it_knows_the_sites_secret() -> None:
    """By the digest of the wire format; the case of its digits does not matter."""
    secrets = DeviceSecrets("s" * 32)

    assert secrets.is_genuine("4711", _digest("4711", "s" * 32).upper())
    assert not secrets.is_genuine("4712", _digest("4711", "s" * 32))
    assert not secrets.is_genuine("4711", "")


def test_a_device_with_a_secret_of_its_own_needs_that_one() -> None:
    """Where the site asks for it; the site's secret will not do then."""
    secrets = DeviceSecrets("s" * 32, is_own_only=True)

    assert secrets.is_genuine("4711", _digest("4711", secrets.own_secret("4711")))
    assert not secrets.is_genuine("4711", _digest("4711", "s" * 32))
    assert not secrets.is_genuine("4712", _digest("4712", secrets.own_secret("4711")))


def _digest(serial: str, secret: str) -> str:
    return hashlib.sha256((serial + secret).encode()).hexdigest()
