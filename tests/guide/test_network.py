"""Do the examples of docs/recipes.md for proxies and private certificate authorities work, through both?"""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.client._proxy import Proxy
from tests.client._server import Server
from tests.conftest import ROOT
from tests.mock._process import running

from ._blocks import Block, blocks_of

SERVICE = "dataarts.example.com"
PROXY = "http://proxy.example.com:3128"
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = [block for block in blocks_of("docs/recipes.md", PAGE) if block.elsewhere == "guide/test_network.py"]


def leads_to(port: int) -> Server:
    """Return a server that hands what it decrypts on to a port, and answers what comes back."""
    return Server(greet=lambda connection: connection.relay(port), tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.language)
def test_recipe_reaches_the_service(block: Block, tmp_path: Path) -> None:
    """The example runs as it stands, but for the proxy's address: every connection goes through the proxy, by TLS."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "company-ca.pem"))
    with running("--job", "nightly") as url, leads_to(int(url.rpartition(":")[2])) as service:
        assert service.tls
        authority.issue_cert(SERVICE).configure_cert(service.tls)
        with Proxy(service.port) as proxy:
            text, replaced = block.text.replace(PROXY, proxy.url), block.text.count(PROXY)
            command = [sys.executable, "-c", text] if block.language == "python" else ["bash", "-ec", text]
            done = subprocess.run(
                command,
                cwd=tmp_path,
                env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=False,
            )
            asked = {request.raw_path for request in proxy.requests}

    assert replaced == 1
    assert done.returncode == 0, done.stdout
    assert "success" in done.stdout
    assert asked == {f"{SERVICE}:443".encode()}


def test_recipe_needs_its_authority(tmp_path: Path) -> None:
    """With another authority's certificate the example fails, and says what to give the client."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "company-ca.pem"))
    with running("--job", "nightly") as url, leads_to(int(url.rpartition(":")[2])) as service:
        assert service.tls
        trustme.CA().issue_cert(SERVICE).configure_cert(service.tls)
        with Proxy(service.port) as proxy:
            done = subprocess.run(
                [sys.executable, "-c", BLOCKS[0].text.replace(PROXY, proxy.url)],
                cwd=tmp_path,
                env={"PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

    assert done.returncode != 0
    assert "verify=PATH" in done.stderr
