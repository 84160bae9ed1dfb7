"""Who is at the door: the token of a request, checked, not taken back, and not coming too often.

token ─► known to this process? ─► not expired, not revoked ─► a permit ─► Sender
           └ no: guesses left? ─► signature and claims ┘
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import parse_qsl

from racecontrol.control.tokens import LONGEST_TOKEN, CheckedToken, Signer, TokenExpired
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import NotAllowed, TokenRefused, TooOften
from racecontrol.http.allowance import GUESSES, RATES, Allowances
from racecontrol.http.answer import Scope
from racecontrol.http.body import header
from racecontrol.state.limits import Rate

_BEARER: Final = b"bearer "
_MOST_KNOWN: Final = 20_000


class Guard:
    """Admits senders of tokens. One a process."""

    def __init__(
        self, signer: Signer, revoked: Container[str], allowances: Allowances, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        """revoked: the ids of tokens taken back, asked at every request."""
        self._signer = signer
        self._revoked = revoked
        self._allowances = allowances
        self._clock = clock
        self._known: dict[bytes, CheckedToken] = {}

    async def admit(self, scope: Scope) -> Sender:
        """The sender of a request.

        Raises: TokenRefused where there is no good token; TooOften.
        Cost: 3 µs for a token that was here before, 30 µs for a new one; a round trip now and then.
        """
        text = token_in(scope)
        if not text:
            raise TokenRefused("no token", advice="send the header Authorization: Bearer TOKEN")
        # By digest, so that finding a token takes the same time however much of it was guessed.
        digest = hashlib.sha256(text).digest()
        checked = self._known.get(digest) or await self._check(text, digest, address_of(scope))
        self._require_good(checked)
        sender = checked.sender
        await self._allowances.spend(sender.token_id, RATES[sender.kind])
        return sender

    def known(self, scope: Scope) -> CheckedToken | None:
        """The token of a request, where it was here before."""
        text = token_in(scope)
        return self._known.get(hashlib.sha256(text).digest()) if text else None

    def may_enter(self, checked: CheckedToken) -> bool:
        """Whether `admit` would admit it now, with a permit that is here. None is spent.

        Raises: TokenRefused; TooOften.
        """
        self._require_good(checked)
        return self._allowances.has_permit(checked.sender.token_id)

    def enter(self, checked: CheckedToken) -> None:
        """Spend the permit that `may_enter` has just seen."""
        self._allowances.spend_held(checked.sender.token_id)

    def _require_good(self, checked: CheckedToken) -> None:
        """Raises: TokenRefused where its time is over, or it was taken back."""
        if checked.expires_ms <= self._clock.now_ms():
            raise TokenExpired("the token has expired", advice="ask the race office for a new one")
        if checked.sender.token_id in self._revoked:
            raise TokenRefused("the token was revoked", advice="ask the race office for a new one")

    def require_guesses(self, where: str) -> None:
        """Raises: TooOften where too many wrong ones came from there: a right one is not told then."""
        with _guesses_named():
            self._allowances.require_left(f"guess:{where}")

    async def count_guess(self, where: str, rate: Rate) -> None:
        """Note that somebody there gave a wrong token or secret. Raises: TooOften, instead of the reason."""
        with _guesses_named():
            await self._allowances.spend(f"guess:{where}", rate)

    async def _check(self, text: bytes, digest: bytes, address: str) -> CheckedToken:
        self.require_guesses(address)
        try:
            checked = self._signer.check(text.decode("latin-1"))
        except TokenExpired:
            raise
        except TokenRefused:
            await self.count_guess(address, GUESSES)
            raise
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[digest] = checked
        return checked


@contextmanager
def _guesses_named() -> Iterator[None]:
    try:
        yield
    except TooOften as exc:
        raise TooOften(
            "too many wrong tokens or digests",
            advice="wait; senders that were here before may go on",
            retry_after_s=exc.retry_after_s,
        ) from exc


def require_kind(sender: Sender, allowed: frozenset[SenderKind]) -> None:
    """Raises: NotAllowed, saying who may."""
    if sender.kind not in allowed:
        who = ", ".join(sorted(allowed))
        raise NotAllowed(f"a {sender.kind} token does not open this", advice=f"use one of kind {who}")


def token_in(scope: Scope) -> bytes:
    """The token of the header, else of `?token=`, which existing trackers send; b"" where there is none."""
    given = header(scope, b"authorization")
    if given[: len(_BEARER)].lower() == _BEARER:
        return given[len(_BEARER) :].strip()
    query: bytes = scope["query_string"]
    if b"token=" not in query or len(query) > 2 * LONGEST_TOKEN:
        return b""
    return dict(parse_qsl(query.decode("latin-1"))).get("token", "").encode()


def address_of(scope: Scope) -> str:
    """Where the request comes from: the peer's address, "" for a unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""
