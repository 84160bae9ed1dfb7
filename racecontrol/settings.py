"""What a site is set to: flags, then RACECONTROL_* variables, then racecontrol.toml, then defaults."""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from racecontrol.errors import ConfigError


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

    model_config = SettingsConfigDict(env_prefix="RACECONTROL_", extra="forbid", frozen=True)

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
        toml = TomlConfigSettingsSource(settings_cls, Path("racecontrol.toml"))
        return init_settings, env_settings, toml

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

    Raises: ConfigError naming the flag, variable or key, and what it should be.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise ConfigError(
            f"{name.replace('_', '-')}: {first['msg']}",
            advice=f"see --{name.replace('_', '-')}, RACECONTROL_{name.upper()} or racecontrol.toml",
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"racecontrol.toml: {exc}", advice="mend the file, or move it away") from exc
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})
