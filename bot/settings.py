"""What the environment sets. One class, one table in the README."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

STARTER = Path(__file__).parent / "starter"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UnsafeSettings(Exception):
    """Settings that cannot work or would put somebody at risk; the text says how to put them right."""


class Settings(BaseSettings):
    """The settings, each read from ``YOUSAID_…``."""

    model_config = SettingsConfigDict(env_prefix="YOUSAID_", frozen=True, extra="ignore")

    config: Path = Field(STARTER, description="Folder with `yousaid.yaml` and `flows/`.")
    data: Path = Field(Path("data"), description="Folder for the embedded database.")
    database_url: SecretStr = Field(SecretStr(""), description="A PostgreSQL database, `postgresql://…`.")
    listen: str = Field("127.0.0.1:8080", description="Where the web chat listens, `host:port`.")
    public_url: str = Field("", description="The address people reach it at, `https://…`.")
    telegram_token: SecretStr = Field(SecretStr(""), description="The bot's token. Absent: no Telegram.")
    telegram_api: str = Field("https://api.telegram.org", description="Base address of the Bot API.")
    telegram_rate: float = Field(26, gt=0, le=5000, description="Messages a second to all Telegram chats together.")
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="With a public https address: updates come by webhook. Absent: long polling."
    )
    log: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much the log says.")

    @field_validator("*", mode="before")
    @classmethod
    def _no_space_around(cls, value: object) -> object:
        # What is pasted into an environment file brings spaces and line ends along.
        return value.strip() if isinstance(value, str) else value

    @field_validator("public_url", "telegram_api")
    @classmethod
    def _no_slash_at_the_end(cls, address: str) -> str:
        return address.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("must be host:port, such as 127.0.0.1:8080")
        return listen

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        public = urlsplit(self.public_url)
        if self.public_url and public.scheme not in ("http", "https"):
            raise ValueError("YOUSAID_PUBLIC_URL must begin with https://. Write the whole address.")
        if public.scheme == "http" and public.hostname not in _LOOPBACK:
            raise ValueError(
                "YOUSAID_PUBLIC_URL is plain http: everyone on the way could read what citizens write. "
                "Put a server with a certificate in front and set an https address."
            )
        if self.host not in _LOOPBACK and public.scheme != "https":
            raise ValueError(
                f"YOUSAID_LISTEN is open to the network ({self.host}) without encryption. "
                "Set YOUSAID_PUBLIC_URL to the https address of the server in front of it, "
                "or listen on 127.0.0.1."
            )
        if self.webhook_secret.get_secret_value() and public.scheme != "https":
            raise ValueError(
                "YOUSAID_WEBHOOK_SECRET is set, but Telegram delivers only to https. "
                "Set YOUSAID_PUBLIC_URL to an https address, or take the secret away to use long polling."
            )
        if 0 < len(self.webhook_secret.get_secret_value()) < 16:
            raise ValueError("YOUSAID_WEBHOOK_SECRET is short enough to guess. Use at least 16 letters and digits.")
        url = self.database_url.get_secret_value()
        if url and not url.startswith("postgresql://"):
            raise ValueError(
                "YOUSAID_DATABASE_URL must begin with postgresql://. Leave it out to use the embedded database."
            )
        return self

    @property
    def host(self) -> str:
        """The host part of ``listen``."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port part of ``listen``; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])

    @property
    def secure(self) -> bool:
        """Whether people reach us by https."""
        return self.public_url.startswith("https://")

    @property
    def webhook(self) -> bool:
        """Whether Telegram's updates come by webhook."""
        return bool(self.webhook_secret.get_secret_value()) and self.secure


def read_settings() -> Settings:
    """Read the environment. Raises: UnsafeSettings, with every remedy in plain words."""
    try:
        return Settings()
    except ValidationError as wrong:
        lines = []
        for error in wrong.errors(include_input=False, include_url=False):
            name = f"YOUSAID_{str(error['loc'][0]).upper()}: " if error["loc"] else ""
            lines.append(name + error["msg"].removeprefix("Value error, "))
        raise UnsafeSettings("\n".join(lines)) from None
