"""link: a sign-in link for the web pages. What is heavy is imported inside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Config, Json, config_of

if TYPE_CHECKING:
    from bot.app import App
    from bot.ports import SignsIn

_YOURSELF = "local"  # who this machine's own browser is


def link(
    context: typer.Context,
    member: Annotated[str | None, typer.Argument(help="Who signs in; without it yourself, an admin.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Give the rights of an admin.")] = False,
    valid: Annotated[str, typer.Option("--valid", help="How long the link waits to be used, e.g. 1h.")] = "1h",
    revoke: Annotated[bool, typer.Option("--revoke", help="Sign everybody out instead; old links end too.")] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Makes a sign-in link for the web pages. It works once; who has it is that member for 30 days."""
    file = config_of(context, config)
    if revoke:
        _revoke(file, as_json=as_json)
    else:
        _link(
            file, _YOURSELF if member is None else member, admin=admin or member is None, valid=valid, as_json=as_json
        )


def _link(config: Path | None, member: str, *, admin: bool, valid: str, as_json: bool) -> None:
    import asyncio

    from bot.app import opened
    from bot.cli.show import console, print_records
    from bot.config import duration, load
    from bot.records import time_text

    waits = duration(valid, "--valid")

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            until = app.clock.now() + waits
            address = await _pages(app).sign_in_link(member, admin=admin, until=until)
        if as_json:
            print_records([{"url": address, "member": member, "admin": admin, "until": time_text(until)}])
            return
        rights, out = ", an admin" if admin else "", console()
        out.print(address, soft_wrap=True)  # it is copied from here
        out.print(f"It signs one browser in as {member}{rights}, and works once, until {time_text(until)}.")

    asyncio.run(work())


def _revoke(config: Path | None, *, as_json: bool) -> None:
    import asyncio

    from bot.app import opened
    from bot.cli.show import console, print_records
    from bot.config import load

    async def work() -> None:
        async with opened(load(config), connect=False) as app:
            await _pages(app).sign_everybody_out()
        if as_json:
            print_records([{"revoked": True}])
        else:
            console().print("every sign-in and every link so far has ended")

    asyncio.run(work())


def _pages(app: "App") -> "SignsIn":
    """The web platform on this house; it posts nothing and needs no token."""
    from bot.platforms import kit_of
    from bot.ports import SignsIn

    platform = kit_of("web", app.settings.platform_settings("web")).connect(app.house)
    assert isinstance(platform, SignsIn)
    return platform
