"""What an operator may set: the environment (`SUYUAN_…`) goes before `suyuan.toml`, which goes before the defaults.

The one door to the environment. A setting names key files and never holds a key: `read_key` opens one, and only when
nobody but its owner can read it.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, TypeAdapter, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from indexer.core.errors import InputError

PREFIX = "SUYUAN_"
FILE = "suyuan.toml"

_KEY = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_URL = TypeAdapter(AnyHttpUrl)
_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")


class SettingError(InputError):
    """A setting that cannot be what it is."""

    code = "SETTING"
    sentence = "the setting {name} does not do: {reason}"


class KeyFileError(InputError):
    """A key file that is missing, open to others, or holds no key."""

    code = "KEY_FILE"
    sentence = "the key file {path} {reason}"


class Settings(BaseSettings):
    """The gateway's settings, for its web processes and its loop alike."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, toml_file=FILE, hide_input_in_errors=True
    )

    database_url: str = Field(
        "postgresql+psycopg:///suyuan",
        description="PostgreSQL 15 or newer, as this process's own login role",
    )
    chain_rpc_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://127.0.0.1:8545",),
        description="JSON-RPC endpoints of the chain, the first that answers is used; comma-separated",
    )
    chain_finality: str = Field(
        "immediate",
        description="when a block is final: `immediate` (QBFT, IBFT), a depth in blocks, or `finalized`",
    )
    deployment: Path = Field(
        Path("deployment.json"), description="file naming the chain and the contracts on it"
    )
    log_origin: str = Field(
        "suyuan.example/log",
        description="the log's name, unique across deployments; first line of its checkpoints",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="where consumers reach this gateway; printed into codes",
    )
    data_dir: Path = Field(Path(".suyuan"), description="folder for the log's tiles and checkpoint")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    log_key_file: Path = Field(
        Path("keys/log.key"),
        description="Ed25519 key that signs checkpoints, 32 bytes in hex, 0600",
    )
    receipt_key_file: Path = Field(
        Path("keys/receipt.key"),
        description="secp256k1 key that signs receipts, 32 bytes in hex, 0600",
    )
    operator_key_file: Path = Field(
        Path("keys/operator.key"),
        description="secp256k1 key that sends anchors, 32 bytes in hex, 0600; the loop's alone",
    )
    registrar_key_file: Path = Field(
        Path("keys/registrar.key"),
        description="secp256k1 key that sends decisions on participants, 32 bytes in hex, 0600; the loop's alone",
    )
    vault_key_file: Path = Field(
        Path("keys/vault.key"),
        description="key under which custodial and record keys are sealed, 32 bytes in hex, 0600",
    )
    operator_name: str = Field(
        "operator",
        min_length=1,
        description="the operating party's name, as trust settings know it",
    )
    service_phone: str = Field(
        "", description="phone number shown to consumers beside every answer"
    )
    second_opinion_url: str = Field(
        "", description="base URL of the regulator's node, where consumers check what we answer"
    )
    anchor_interval: float = Field(
        2.0, gt=0, description="seconds between anchors when there is something to anchor"
    )
    anchor_deadline: int = Field(
        600, ge=1, description="seconds within which receipts promise a final anchor"
    )
    clock_tolerance: int = Field(
        30, ge=1, description="seconds by which chain and clock may differ before intake stops"
    )
    max_body_bytes: int = Field(4 << 20, ge=1, description="largest request body, in bytes")
    max_items: int = Field(1000, ge=1, description="most items in one submission")
    max_record_bytes: int = Field(64 << 10, ge=1, description="largest record, in canonical bytes")
    pg_bin: Path | None = Field(
        None,
        description="folder of PostgreSQL's programs for `suyuan up`; without it they are found",
    )
    log_entries: Literal["credential", "public"] = Field(
        "credential", description="who may read entry bundles, which show who submitted and when"
    )

    @field_validator("chain_rpc_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("chain_rpc_urls")
    @classmethod
    def _check_urls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("names no endpoint")  # noqa: TRY003 - pydantic wants a ValueError and shows its text
        for url in value:
            _URL.validate_python(url)
        return value

    @field_validator("chain_finality")
    @classmethod
    def _check_finality(cls, value: str) -> str:
        if value not in ("immediate", "finalized") and not re.fullmatch(r"[1-9][0-9]{0,5}", value):
            raise ValueError("is neither immediate, finalized nor a depth")  # noqa: TRY003 - as above
        return value

    @field_validator("log_origin")
    @classmethod
    def _check_origin(cls, value: str) -> str:
        # It is a line of a signed note and the name in its signature lines: C2SP forbids blanks and plus signs.
        if not value or "+" in value or any(mark.isspace() for mark in value):
            raise ValueError("is empty or holds a blank or a plus sign")  # noqa: TRY003 - as above
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@dataclass(frozen=True)
class Told:
    """One setting as `suyuan settings` prints it; a password in a URL is masked."""

    name: str
    meaning: str
    default: str
    value: str
    origin: Literal["environment", "suyuan.toml", "default", "argument"]


def load(**given: object) -> Settings:
    """Read all settings; `given` goes before everything. The first that does not do is named."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else FILE
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingError(name=PREFIX + name.upper(), reason=reason) from None


def told(settings: Settings, given: Mapping[str, object] | None = None) -> list[Told]:
    """List every setting with its meaning, default, value and where that came from."""
    toml = TomlConfigSettingsSource(Settings).toml_data
    environment = {name.upper() for name in os.environ}

    def origin(name: str) -> Literal["environment", "suyuan.toml", "default", "argument"]:
        if given and name in given:
            return "argument"
        if (PREFIX + name).upper() in environment:
            return "environment"
        return "suyuan.toml" if name in toml else "default"

    return [
        Told(
            name=PREFIX + name.upper(),
            meaning=field.description or "",
            default=_spell(_default(field)),
            value=_spell(getattr(settings, name)),
            origin=origin(name),
        )
        for name, field in Settings.model_fields.items()
    ]


def inherited() -> dict[str, str]:
    """Give this process's environment without our settings, for children that get their own."""
    return {
        name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)
    }


def read_key(path: Path) -> bytes:
    """Read 32 bytes in hex from a file that only its owner can read."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeyFileError(path=path, reason=f"has mode {mode:04o}, it must be 0600")
            text = file.read(256)
    except OSError as error:
        raise KeyFileError(path=path, reason=f"cannot be read: {error.strerror}") from None
    spelt = text.decode("ascii", "replace").strip()
    if not _KEY.match(spelt):
        raise KeyFileError(path=path, reason="does not hold 32 bytes in lower-case hex")
    return bytes.fromhex(spelt)


def write_key(path: Path, key: bytes) -> None:
    """Write a key into a new file of mode 0600; an existing file is never replaced."""
    if len(key) != 32:
        raise KeyFileError(path=path, reason="would not hold 32 bytes")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KeyFileError(path=path, reason=f"cannot be written: {error.strerror}") from None


def _default(field: FieldInfo) -> object:
    return field.get_default(call_default_factory=True)


def _spell(value: object) -> str:
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return _PASSWORD.sub("***", text) if "://" in text else text
