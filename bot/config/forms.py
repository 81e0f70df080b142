"""The forms of values in the configuration file, with the words for what each takes; and what all tables share."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from bot.config import values
from bot.config.values import Form

Text = Annotated[str, Field(max_length=2000), Form("text in quotes, at most 2000 characters")]
Word = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), Form("text in quotes, not empty")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"), Form(values.NAME)]
Platform = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]*$"), Form(values.PLATFORM)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"), Form(values.LOCALE)]
Shards = Annotated[str, AfterValidator(values.shards), Form(values.SHARDS)]
Zone = Annotated[str, AfterValidator(values.zone_name), Form(values.ZONE)]
Cron = Annotated[str, AfterValidator(values.cron), Form(values.CRON)]
Pattern = Annotated[str, AfterValidator(values.word_or_pattern), Form(values.WORDS)]
WebUrl = Annotated[str, AfterValidator(values.web_url), Form(values.WEB_URL)]
Database = Annotated[str, AfterValidator(values.database_url), Field(repr=False), Form(values.DATABASE)]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$"), Form('the name of a header, such as "X-Remote-User"')]
Agent = Annotated[str, Field(pattern=r"^[!-~]([ -~]*[!-~])?$"), Form("ASCII text in quotes, not empty")]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), Form("a number from 0 to 1")]
Places = Annotated[int, Field(ge=1, le=20), Form("a whole number from 1 to 20")]
Number = Annotated[float, Field(allow_inf_nan=False), Form("a number")]
Duration = Annotated[timedelta, BeforeValidator(values.spelled(values.duration_of)), Form(values.DURATION)]
Pause = Annotated[timedelta, BeforeValidator(values.spelled(values.pause_of)), Form(values.PAUSE)]
Size = Annotated[int, BeforeValidator(values.spelled(values.size_of)), Field(ge=1), Form(values.SIZE)]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(values.network_of), Form(values.NETWORK)]
Listed = Field(strict=False)  # TOML has arrays where we keep tuples
Words = Annotated[tuple[Word, ...], Listed]
Networks = Annotated[tuple[Network, ...], Listed]


class Table(BaseModel):
    """A table of the file: no key but its own, no value of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
