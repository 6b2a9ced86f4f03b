"""Small faults, one by one, and the test that notices each: `make teeth`.

    python tests/teeth/run.py [WORD …]      all faults, or those whose names hold one of the words

Each `*.patch` beside this file says in its first line what goes wrong, and in a line `Tests:` which tests must notice.
They are applied one at a time to a copy of the tree, on SQLite to two copies side by side. A fault that no test notices,
or that no longer fits the code, fails the run. `On: postgresql` marks those that only bite there (set DATABASE_URL), and
`On: sqlite` the others.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# A fault may make a test run for ever: that it never ends is noticed too, once it took longer than this and than all
# tests together took without a fault.
PATIENCE_SECONDS = 120
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
# Each has a database of its own on SQLite; a server's test database has one name.
AT_ONCE = 1 if ON_POSTGRESQL else min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class Fault:
    """One way to break Cairn."""

    path: Path
    says: str
    tests: list[str]
    database: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def bites_here(self) -> bool:
        return self.database in ("", "postgresql" if ON_POSTGRESQL else "sqlite")


def faults(words: list[str] | None = None) -> list[Fault]:
    """All of them in order of name, or those whose names hold one of the words."""
    found = [_read(path) for path in sorted(HERE.glob("*.patch"))]
    return [fault for fault in found if not words or any(word in fault.name for word in words)]


def fits(fault: Fault, tree: Path) -> bool:
    """Whether the patch can be applied to the code as it is."""
    return _git(tree, "apply", "--check", str(fault.path)).returncode == 0


def _read(path: Path) -> Fault:
    head = path.read_text().partition("diff --git")[0].strip().splitlines()
    said = dict(line.split(": ", 1) for line in head[1:])
    return Fault(path, head[0], said["Tests"].split(), said.get("On", ""))


def _git(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    return subprocess.run(["git", *words], cwd=tree, env=alone, capture_output=True, text=True, check=False)


def _copy(tree: Path) -> None:
    """What git tracks or would track, as it lies here, with links to what is installed."""
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for installed in (".venv", "node_modules"):
        (tree / installed).symlink_to((ROOT / installed).resolve())


def _noticed(tree: Path, tests: list[str], *, patience: float | None) -> tuple[int, str]:
    """The runner's exit code, and the first test that failed."""
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", *tests]
    try:
        done = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        return 1, f"never ends: {' '.join(tests)}"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return done.returncode, failed[1] if failed else done.stdout.strip()[-400:]


def _bite(fault: Fault, tree: Path, *, patience: float) -> bool:
    if not fault.bites_here:
        print(f"skipped  {fault.name}: only on {fault.database}")
        return True
    if not fits(fault, tree):
        print(f"NO FIT   {fault.name}: the code has changed; make the patch anew")
        return False
    _git(tree, "apply", str(fault.path))
    code, test = _noticed(tree, fault.tests, patience=patience)
    _git(tree, "apply", "--reverse", str(fault.path))
    print(f"{'noticed ' if code == 1 else 'UNSEEN  '} {fault.name}: {fault.says}\n         {test}", flush=True)
    return code == 1


def main(words: list[str]) -> int:
    began, chosen = time.monotonic(), faults(words)
    with tempfile.TemporaryDirectory(prefix="cairn-teeth-") as folder:
        free: queue.Queue[Path] = queue.Queue()
        for n in range(AT_ONCE):
            tree = Path(folder) / str(n) / "cairn"
            tree.mkdir(parents=True)
            _copy(tree)
            free.put(tree)
        sound = sorted({test for fault in chosen if fault.bites_here for test in fault.tests})
        code, test = _noticed(tree, sound, patience=None)
        if code != 0:
            print(f"These tests must pass before anything is broken: {test}")
            return 1
        patience = max(PATIENCE_SECONDS, time.monotonic() - began)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            noticed = list(pool.map(lambda fault: _bite_in(fault, free, patience=patience), chosen))
    skipped = sum(not fault.bites_here for fault in chosen)
    print(
        f"{len(chosen)} faults, {noticed.count(False)} not noticed, {skipped} not of this database, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 0 if all(noticed) else 1


def _bite_in(fault: Fault, free: queue.Queue[Path], *, patience: float) -> bool:
    tree = free.get()
    try:
        return _bite(fault, tree, patience=patience)
    finally:
        free.put(tree)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
