"""The contracts between and inside the apps hold, and they bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("config", "analytics", "notifications", "gamification", "chat", "learning")


def judged(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def house(tmp_path):
    """A copy of the code, to break."""
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__", "static", "*.md"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_stands():
    code, said = judged(ROOT)
    assert code == 0, said


@pytest.mark.parametrize(
    ("module", "text", "broken"),
    [
        ("learning/utils.py", "", "learning.utils"),
        ("learning/selectors/upwards.py", "from gamification import kinds", "learning.selectors.upwards"),
        ("learning/models/shortcut.py", "from learning.services import enrollment", "learning.models.shortcut"),
        ("gamification/selectors/backdoor.py", "from learning import beats", "learning.beats"),
        ("analytics/selectors/sidedoor.py", "from gamification import receivers", "gamification.receivers"),
    ],
)
def test_a_module_in_the_wrong_place_or_through_the_wrong_door_fails(house, module, text, broken):
    (house / module).write_text(f"{text}\n")
    code, said = judged(house)
    assert code != 0
    assert broken in said
