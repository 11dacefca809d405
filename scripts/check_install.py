"""Install the package in fresh environments, as the guide says, and try the first line of each recipe.

With this Python: `pip install .`, and each extra. With every other Python that the classifiers name and that is here:
all extras at once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
START = """
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import start

with Client("URL", auth=TokenAuth("mock-token")) as client:
    print(start(client, "my_project", "myJob").wait(timeout=60).status)
"""
AIOHTTP = """
import asyncio
from dataarts_runtime.aiohttp import AiohttpTransport
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import start_async

async def main():
    async with Client("URL", auth=TokenAuth("mock-token"), async_transport=AiohttpTransport()) as client:
        print((await (await start_async(client, "my_project", "myJob")).wait(timeout=60)).status)

asyncio.run(main())
"""
COMMAND = "OS_TOKEN=mock-token dataarts run myJob --url URL --project my_project"
RECIPES = {"": START, "cli": COMMAND, "mock": START, "aiohttp": AIOHTTP}
"""What is tried with each extra."""


@contextmanager
def mock(environment: Path) -> Iterator[str]:
    """Run an environment's mock while the block runs, and give its URL."""
    command = [str(environment / "bin" / "dataarts-mock"), "--port", "0", "--quiet", "--job", "myJob:success"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        finally:
            process.terminate()


def install(environment: Path, what: str, python: str = sys.executable) -> None:
    """Make a fresh environment, and install the package there."""
    subprocess.run([python, "-m", "venv", environment], check=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f".{what}"], cwd=ROOT, check=True)


def attempt(environment: Path, recipe: str, url: str) -> None:
    """Try a recipe; a run succeeds by it."""
    text = recipe.replace("URL", url)
    command = ["bash", "-c", text] if recipe is COMMAND else [str(environment / "bin" / "python"), "-c", text]
    path = f"{environment / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(command, env={"PATH": path}, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    if "success" not in done.stdout.split():
        raise ValueError(f"printed was {done.stdout!r}")


def main() -> int:
    """Try everything; 0 if all of it works."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classifiers = " ".join(project["classifiers"])  # Classifier: Programming Language :: Python :: 3.11
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder / "mock", "[mock]")
        with mock(folder / "mock") as url:
            for extra, recipe in RECIPES.items():
                environment = folder / (extra or "plain")
                what = f"[{extra}]" if extra else ""
                if not environment.exists():
                    install(environment, what)
                attempt(environment, recipe, url)
                print(f"pip install '.{what}': works")
            for version in re.findall(r"Python :: (3\.\d+)", classifiers):
                python = shutil.which(f"python{version}")
                if sys.version.startswith(f"{version}."):
                    continue
                if python is None or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
                    print(f"Python {version}: not here, not tried")
                    continue
                install(folder / version, f"[{','.join(filter(None, RECIPES))}]", python)
                with mock(folder / version) as own:
                    for recipe in RECIPES.values():
                        attempt(folder / version, recipe, own)
                print(f"Python {version}: works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
