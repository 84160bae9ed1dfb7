"""What a site is set to: flags, then RACECONTROL_* variables, then racecontrol.toml, then defaults."""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from racecontrol.errors import ConfigError
from racecontrol.plain_words import in_plain_words

_FILE: Final = Path("racecontrol.toml")
"""In the working folder."""


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


class Settings(BaseSettings):
    """One site's settings.

    data_dir: holds all that a site keeps: server files, racecontrol.db, spool, logs.
    races: folders of race folders, searched in order, before those shipped with the project.
    redis_url: redis://, rediss:// or unix://; None for the embedded server.
    database_url: sqlite:///PATH; None for racecontrol.db in data_dir.
    operator: the name that the race log and reports show.
    keymap: other keys for the desk, by the ids of its help: {"race.start": "f5"}.
    token_key: signs the tokens of HTTP, at least 32 characters; None for the file token.key in data_dir.
    device_secret: the secret that the site's Flymaster devices share; None for the file device.secret.
    device_secrets: "site" where that secret will do, "own" where each device must use one of its own.
    pipeline_points, pipeline_pending: more points in a call, or more items waiting, are pipelined.
    batch_items, batch_bytes, batch_wait_ms: what sets a batch of small calls off; batch_busy_items where
    more than pipeline_pending wait, batch_busy_wait_ms in competition mode.
    buffer_items, buffer_bytes: what may wait in batches; more is refused until some is through.
    breaker_failures: calls in a row that find the server away, at which it is left alone.
    answer_within_ms: what the server may take for a call before the spool has it.
    spool_bytes: the largest file of one process's spool.
    """

    model_config = SettingsConfigDict(
        env_prefix="RACECONTROL_", env_ignore_empty=True, extra="forbid", frozen=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("racecontrol"))
    races: Annotated[tuple[Path, ...], NoDecode] = ()
    redis_url: str | None = None
    database_url: str | None = None
    operator: str = Field(default_factory=_login_name, min_length=1, max_length=40)
    keymap: dict[str, str] = Field(default_factory=dict)
    token_key: SecretStr | None = None
    device_secret: SecretStr | None = None
    device_secrets: Literal["site", "own"] = "site"
    pipeline_points: int = Field(default=500, ge=0)
    pipeline_pending: int = Field(default=1_000, ge=0)
    batch_items: int = Field(default=10, ge=1, le=100)
    batch_busy_items: int = Field(default=50, ge=1, le=100)
    batch_bytes: int = Field(default=256 * 1024, ge=1, le=512 * 1024)
    batch_wait_ms: int = Field(default=100, ge=0, le=10_000)
    batch_busy_wait_ms: int = Field(default=20, ge=0, le=10_000)
    buffer_items: int = Field(default=10_000, ge=1)
    buffer_bytes: int = Field(default=32 * 1024 * 1024, ge=1)
    breaker_failures: int = Field(default=3, ge=1)
    answer_within_ms: int = Field(default=600, ge=10, le=60_000)
    spool_bytes: int = Field(default=1024 * 1024 * 1024, ge=65_536)

    @field_validator("races", mode="before")
    @classmethod
    def _split_path_list(cls, value: object) -> object:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file_values())

    @property
    def server_dir(self) -> Path:
        """Where the embedded server keeps its files."""
        return self.data_dir / "server"

    @property
    def database_path(self) -> Path:
        """The SQLite file, unless database_url names another database."""
        return self.data_dir / "racecontrol.db"

    @property
    def spool_dir(self) -> Path:
        """Where accepted points wait on disk while the server is away."""
        return self.data_dir / "spool"

    @property
    def log_dir(self) -> Path:
        """Where log files go."""
        return self.data_dir / "logs"

    @property
    def site_races(self) -> Path:
        """Where `race import` puts race folders when no --races says otherwise."""
        return self.data_dir / "races"


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Say in words what the file system refuses of a site's folder. Raises: ConfigError."""
    try:
        yield
    except OSError as exc:
        place = "" if exc.filename in (None, str(folder)) else f"{exc.filename}: "
        why = "this is no folder" if isinstance(exc, FileExistsError) else exc.strerror or exc
        raise ConfigError(
            f"data-dir: files cannot be kept there ({folder}: {place}{why})",
            advice="give a folder that you may write to, on a disk with space, with --data-dir",
        ) from exc


def load_settings(flags: Mapping[str, Any]) -> Settings:
    """Settings of this process. flags: what the command line gave; None stands for not given.

    An empty variable is as good as none; an empty flag or key is refused.
    Raises: ConfigError naming the flag, variable or key, and what it should be.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    for name in given:
        if given[name] == "":
            raise ConfigError(f"--{_shown(name)} is empty", advice="give it a value, or leave it out")
    try:
        settings = Settings(**given)
        return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})
    except ValidationError as exc:
        raise _config_error(exc, flags) from exc
    except SettingsError as exc:
        # The one setting that a variable writes as JSON.
        raise ConfigError("RACECONTROL_KEYMAP: no JSON", advice='write {"race.start": "f5"}') from exc
    except (RuntimeError, OSError) as exc:
        raise ConfigError(f"data-dir: {exc}", advice="give the whole path, from / on") from exc


def _file_values() -> dict[str, Any]:
    """What racecontrol.toml sets, by the names of Settings; it may write them as the flags are written."""
    try:
        text = _FILE.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise ConfigError(f"{_FILE}:{line}: this is not UTF-8", advice="save the file as UTF-8") from exc
    except OSError as exc:
        advice = "make it readable, or move it away"
        raise ConfigError(f"{_FILE}: cannot be read ({exc.strerror or exc})", advice=advice) from exc
    try:
        written = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ConfigError(f"{_FILE}: {exc}", advice="mend the file, or move it away") from exc
    values: dict[str, Any] = {}
    for key, value in written.items():
        name = key.replace("-", "_")
        if name in values:
            raise ConfigError(
                f"{_FILE}: {_shown(name)} stands twice", advice="write it once, with - or with _"
            )
        if value == "":
            raise ConfigError(f"{_FILE}: {key} is empty", advice="give it a value, or take the line out")
        values[name] = value
    return values


def _config_error(error: ValidationError, flags: Collection[str]) -> ConfigError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    if first["type"] == "extra_forbidden":
        known = ", ".join(_shown(known) for known in Settings.model_fields)
        return ConfigError(f"{_FILE}: there is no setting {_shown(name)!r}", advice=f"there are {known}")
    flag = f"--{_shown(name)}, " if name in flags else ""
    return ConfigError(
        f"{_shown(name)}: {in_plain_words(first)}",
        advice=f"see {flag}RACECONTROL_{name.upper()} or {_FILE}",
    )


def _shown(name: str) -> str:
    return name.replace("_", "-")
