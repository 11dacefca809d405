"""Run the documented example to its end, and a job that is not there, by the client against the mock; show the wire."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_client.errors import ApiError
from dataarts_runs import start

CONTRACT = yaml.safe_load((Path(__file__).parent.parent / "openapi.yaml").read_text(encoding="utf-8"))["components"]


class Wire(httpx.HTTPTransport):
    """Sends requests, and prints them and their answers as they are on the wire."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        response = super().handle_request(request)
        body = response.read()
        target = request.url.raw_path.decode()
        show(">", f"{request.method} {target} HTTP/1.1", request.headers.multi_items(), request.read())
        show("<", f"HTTP/1.1 {response.status_code} {response.reason_phrase}", response.headers.multi_items(), body)
        return response


def show(mark: str, line: str, headers: list[tuple[str, str]], body: bytes) -> None:
    """Print one message."""
    for text in (line, *(f"{name}: {value}" for name, value in headers), "", *body.decode().splitlines()):
        print(f"{mark} {text}".rstrip())
    print()


@contextmanager
def mock() -> Iterator[str]:
    """Run the mock on a free port while the block runs, and give its URL."""
    command = [sys.executable, "-m", "dataarts_mock", "--port", "0", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            words = process.stdout.readline().split()
            yield next(word for word in words if word.startswith("http://"))
        finally:
            process.terminate()


def main() -> int:
    """Run the demonstration; 0 if the run succeeds, and what is answered is the documented example."""
    examples: dict[str, Any] = {name: node["value"] for name, node in CONTRACT["examples"].items()}
    project_id, job_name = (CONTRACT["parameters"][name]["example"] for name in ("ProjectId", "JobName"))
    params = {each["name"]: each["value"] for each in examples["RunMyJob"]["jobParams"]}
    with mock() as url, Client(url, auth=TokenAuth("mock-token"), transport=Wire()) as client:
        print(f"The documented example, against the mock at {url}:\n")
        run = start(client, project_id, job_name, params=params)
        print(f"-> {run!r}\n")
        run.wait(timeout=60, on_change=lambda instance: print(f"-> {instance.status}\n"))
        print("A job that is not there:\n")
        try:
            start(client, project_id, "noSuchJob")
        except ApiError as error:
            print(f"-> {type(error).__name__}: {error}")
            refused = error.error_code == examples["JobNotFound"]["error_code"]
        else:
            refused = False
    return 0 if refused and run.instance_id == examples["JobStarted"]["instanceId"] else 1


if __name__ == "__main__":
    sys.exit(main())
