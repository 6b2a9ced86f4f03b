"""The environment, and what more than one part of the settings reads from it."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

VAR_DIR = Path(env.str("CAIRN_VAR", default=str(BASE_DIR / "var")))
REDIS_URL = env.str("REDIS_URL", default="")
