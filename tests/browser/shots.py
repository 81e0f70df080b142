"""Pictures of every web page: `python -m tests.browser.shots OUTDIR [PAGE …]`: light, dark, 375 px; in all languages.

They are of the scene that the tests look at. They look right where a CJK and a colour emoji font are installed.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import _FLAGS
from tests.browser.scene import addresses, configured, running, staged

_LOOKS: Mapping[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 375, "height": 800}},
}
_OTHERS = ("zh-Hant", "ja", "de")


def _shoot(browser: Browser, folder: Path, target: Path, wanted: Collection[str], locale: str = "") -> None:
    """`locale`: in the picture's name, where it is not English."""
    with running(folder) as url:
        for name, path in addresses(folder).items():
            if wanted and name not in wanted:
                continue
            for look, options in _LOOKS.items():
                page = browser.new_page(**options)
                page.goto(url + path)
                page.screenshot(path=target / f"{'-'.join(filter(None, (name, locale, look)))}.png", full_page=True)
                page.close()


def main(target: Path, wanted: Collection[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        english = Path(place, "en")
        english.mkdir()
        asyncio.run(staged(english))  # before Playwright, whose loop stays in this thread
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
            _shoot(browser, english, target, wanted)
            for locale in _OTHERS:
                folder = Path(place, locale)
                shutil.copytree(english, folder)
                configured(folder, locale)
                _shoot(browser, folder, target, wanted, locale)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
