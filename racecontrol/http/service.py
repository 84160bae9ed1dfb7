"""`Service`: what all handlers of one process share, opened and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from racecontrol.control.devices import DeviceSecrets, device_secrets
from racecontrol.control.feed import LiveFeed
from racecontrol.control.revocations import Revocations
from racecontrol.control.site import Site
from racecontrol.control.tokens import Signer, token_key
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.formats.racefolder import race_folders
from racecontrol.http.allowance import Allowances
from racecontrol.http.guard import Guard
from racecontrol.pipeline.intake import Intake, open_intake
from racecontrol.pipeline.roll_watch import RollWatch
from racecontrol.pipeline.sos_raising import SosRaiser
from racecontrol.state.limits import Limits
from racecontrol.state.sos import SosCalls
from racecontrol.state.tokens import IssuedTokens
from racecontrol.state.trackers import Trackers


@dataclass(frozen=True, slots=True)
class Service:
    """One process of `serve`. roll: whose points are whose. feed: what dashboards see."""

    site: Site
    guard: Guard
    allowances: Allowances
    devices: DeviceSecrets
    roll: RollWatch
    trackers: Trackers
    sos: SosRaiser
    intake: Intake
    feed: LiveFeed
    clock: Clock


@asynccontextmanager
async def open_service(site: Site, clock: Clock = SYSTEM_CLOCK) -> AsyncIterator[Service]:
    """What the handlers need, while the block runs. Raises: ConfigError where a secret cannot be used."""
    settings = site.settings
    signer, devices = Signer(token_key(settings), clock), device_secrets(settings)
    tokens, copy = IssuedTokens(site.client), settings.data_dir / "revoked.json"
    allowances = Allowances(Limits(site.client), clock)
    async with (
        Revocations(tokens, copy) as revoked,
        LiveFeed(site, clock=clock) as feed,
        RollWatch(site.client, race_folders(settings), clock) as roll,
        SosRaiser(SosCalls(site.client)) as sos,
        open_intake(site.queue, settings) as intake,
    ):
        guard = Guard(signer, revoked, allowances, clock)
        yield Service(
            site,
            guard,
            allowances,
            devices,
            roll,
            Trackers(site.client),
            sos,
            intake,
            feed,
            clock,
        )
