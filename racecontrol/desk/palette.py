"""The command palette: the keys that apply now, by their summaries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from racecontrol.desk.app import Desk
from racecontrol.desk.keymap import Key, key_name

_HIDDEN_GROUPS = ("Lists", "Panels")


class DeskCommands(Provider):
    """Offers nothing that would be refused."""

    async def discover(self) -> Hits:
        for key in self._keys():
            yield DiscoveryHit(self._display(key), self._press(key), key.summary)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for key in self._keys():
            if (score := matcher.match(key.summary)) > 0:
                yield Hit(
                    score, matcher.highlight(key.summary), self._press(key), key.summary, key_name(key.keys)
                )

    def _keys(self) -> list[Key]:
        desk = cast(Desk, self.app)
        return [
            key
            for key in desk.table
            if key.group not in _HIDDEN_GROUPS
            and key.id != "desk.palette"
            and not key.refusal(desk.situation)
        ]

    def _display(self, key: Key) -> Content:
        return Content(f"{key_name(key.keys):>6}  {key.summary}")

    def _press(self, key: Key) -> Callable[[], None]:
        return partial(cast(Desk, self.app).action_press, key.id)
