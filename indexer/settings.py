"""What whoever runs a node may set: the environment (`SUYUAN_…`), then `suyuan.toml`, then the defaults.

The one door to the environment on this side. A node holds no keys, so there is nothing here to keep secret but the
passwords inside URLs, which are never printed.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from indexer.chain import finality
from indexer.chain.finality import Finality
from indexer.core.errors import InputError

PREFIX = "SUYUAN_"
FILE = "suyuan.toml"
Origin = Literal["environment", "suyuan.toml", "default"]

_SECRET = re.compile(r"//[^/@]*@")


class NodeSettingError(InputError):
    """A setting of the node that cannot be what it is."""

    code = "NODE_SETTING"
    sentence = "the setting {name} does not do: {reason}"


class Settings(BaseSettings):
    """The node's settings, for its loop, its web side and its commands alike."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, toml_file=FILE, hide_input_in_errors=True
    )

    database_url: str = Field(
        "", description="PostgreSQL 15 or newer; without one, pages say nothing of findings"
    )
    chain_rpc_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://127.0.0.1:8545",),
        description="JSON-RPC endpoints of this party's own chain nodes, the first that answers is used; "
        "comma-separated",
    )
    chain_finality: str = Field(
        "immediate",
        description="when a block is final: `immediate` (QBFT, IBFT), a depth in blocks, or `finalized`",
    )
    deployment: Path = Field(
        Path("deployment.json"), description="file naming the chain and the contracts on it"
    )
    log_origin: str = Field(
        "suyuan.example/log", min_length=1, description="the log that is followed and reconciled"
    )
    party: str = Field(
        "regulator", min_length=1, description="whose node this is, as trust settings know it"
    )
    trust_file: Path = Field(
        Path("trust.json"),
        description="trust settings this party hands out with its verifier, at /trust",
    )
    gateway_url: str = Field(
        "", description="base URL of the gateway whose products people ask about, for links"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8001, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    rpc_rate: float = Field(
        100.0, gt=0, description="questions a second that one address may put to /rpc"
    )
    follow_interval: float = Field(
        1.0, gt=0, description="seconds between two looks at an idle chain"
    )
    recheck_leaves: int = Field(
        2000, ge=1, description="old leaves checked again after each look at the chain"
    )

    @field_validator("chain_rpc_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @property
    def finality(self) -> Finality:
        """When a block is final."""
        return finality.parse(self.chain_finality)

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
class Shown:
    """One setting as `suyuan-node settings` prints it."""

    name: str
    meaning: str
    default: str
    value: str
    origin: Origin


def load(**given: Any) -> Settings:  # noqa: ANN401 - pydantic checks each
    """Read all settings, `given` first. The first that does not do is named."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else FILE
        raise NodeSettingError(name=PREFIX + name.upper(), reason=first["msg"]) from None
    if not settings.chain_rpc_urls:
        raise NodeSettingError(name=f"{PREFIX}CHAIN_RPC_URLS", reason="it names no endpoint")
    finality.parse(settings.chain_finality)
    return settings


def shown(settings: Settings) -> list[Shown]:
    """List every setting with its meaning, default, value, and where the value came from."""
    written = TomlConfigSettingsSource(Settings).toml_data
    spoken = {name.upper() for name in os.environ}

    def origin(name: str) -> Origin:
        if (PREFIX + name).upper() in spoken:
            return "environment"
        return "suyuan.toml" if name in written else "default"

    return [
        Shown(
            name=PREFIX + name.upper(),
            meaning=field.description or "",
            default=_spell(field.default),
            value=_spell(getattr(settings, name)),
            origin=origin(name),
        )
        for name, field in Settings.model_fields.items()
    ]


def _spell(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return _SECRET.sub("//***@", text)
