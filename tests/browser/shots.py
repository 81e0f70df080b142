"""Pictures of every web page: `python -m tests.browser.shots OUTDIR [PAGE …]`, light, dark, 375 px wide, in zh-Hant.

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


def _shoot(browser: Browser, folder: Path, target: Path, looks: Collection[str], wanted: Collection[str]) -> None:
    """`looks`: of each page, and the name of the picture after a dash."""
    with running(folder) as url:
        for name, path in addresses(folder).items():
            if wanted and name not in wanted:
                continue
            for look in looks:
                page = browser.new_page(**_LOOKS[look.removeprefix("zh-")])
                page.goto(url + path)
                page.screenshot(path=target / f"{name}-{look}.png", full_page=True)
                page.close()


def main(target: Path, wanted: Collection[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        english, chinese = Path(place, "en"), Path(place, "zh")
        english.mkdir()
        asyncio.run(staged(english))  # before Playwright, whose loop stays in this thread
        shutil.copytree(english, chinese)
        configured(chinese, "zh-Hant")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_FLAGS))
            _shoot(browser, english, target, ("light", "dark", "phone"), wanted)
            _shoot(browser, chinese, target, ("zh-light", "zh-phone"), wanted)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
