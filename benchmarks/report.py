"""What was measured, in words and pictures: tables, results.json, chart.svg and the table in docs/speed.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import rich.table
from jinja2 import Environment, StrictUndefined
from rich import box

Results = dict[str, Any]
MARKS = "<!-- from benchmarks/results.json -->\n", "<!-- end -->\n"


@dataclass(frozen=True)
class Bound:
    """What a peer is to take, or to give, in comparison with another."""

    table: str
    peer: str
    base: str
    limit: float
    at_least: bool = False


# Each leaves room for a machine that does something else besides. Beside aiohttp, this client builds httpx's requests
# and responses, and checks arguments and responses; how much httpx itself takes for many calls at once varies from
# process to process, which is why aiohttp is a base too. docs/speed.md says what an import and a signature consist of.
BOUNDS = (
    Bound("calls", "this client", "httpx", 0.92),
    Bound("calls", "this client", "official SDK", 0.55),
    Bound("calls", "this client", "official SDK, signing", 0.55),
    Bound("calls", "this client, signing", "official SDK, signing", 0.6),
    Bound("at_once", "this client", "httpx", 0.45),
    Bound("at_once", "this client", "aiohttp", 8.0),
    Bound("at_once", "this client over aiohttp", "aiohttp", 3.0),
    Bound("at_once", "this client, five times as many", "this client", 5.5),
    Bound("imports", "this client", "httpx", 1.45),
    Bound("imports", "this client", "official SDK", 0.65),
    Bound("mock", "this mock, quiet", "bare ASGI", 0.62, at_least=True),
    Bound("mock", "this mock, quiet, 100,000 instances", "this mock, quiet", 0.9, at_least=True),
    Bound("mock", "this mock", "Prism", 5.0, at_least=True),
    Bound("mock", "this mock, quiet", "Prism, silent", 5.0, at_least=True),
)


@dataclass
class Table:
    """Measurements of peers, by run and round."""

    key: str
    title: str
    unit: str
    base: str
    scale: float
    rates: bool = False
    measured: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def add(self, label: str, run: int, value: float) -> None:
        """Add the measurement of a round."""
        self.measured.setdefault(label, {}).setdefault(run, []).append(value * self.scale)

    def ratio(self, label: str, base: str) -> list[float]:
        """Return the lower quartile, the median (of all runs' medians) and the upper quartile of the rounds' ratios."""
        runs = [
            [value / other for value, other in zip(values, self.measured[base][run], strict=True)]
            for run, values in self.measured[label].items()
        ]
        rounds = [ratio for run in runs for ratio in run]
        low, _, high = quantiles(rounds, n=4, method="inclusive")
        return [round(figure, 3) for figure in (low, median(map(median, runs)), high)]

    def results(self) -> Results:
        """Return the figures."""
        peers: Results = {
            label: {
                "median": round(median(value for run in runs.values() for value in run), 1),
                "ratio": self.ratio(label, self.base),
            }
            for label, runs in self.measured.items()
        }
        bounds = [
            {
                "peer": bound.peer,
                "base": bound.base,
                "ratio": (ratio := self.ratio(bound.peer, bound.base)),
                "bound": f"{'at least' if bound.at_least else 'at most'} {bound.limit:g}",
                "met": ratio[1] >= bound.limit if bound.at_least else ratio[1] <= bound.limit,
            }
            for bound in BOUNDS
            if bound.table == self.key and {bound.peer, bound.base} <= set(self.measured)
        ]
        order = sorted(peers, key=lambda label: peers[label]["ratio"][1], reverse=self.rates)
        ordered = {label: peers[label] for label in order}
        return {"title": self.title, "unit": self.unit, "rates": self.rates, "peers": ordered, "bounds": bounds}


def spread(ratio: list[float]) -> str:
    """Return a ratio and its quartiles in words."""
    low, middle, high = ratio
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def header(machine: Results) -> str:
    """Return what the figures depend on, in words."""
    pinned = "callers and servers on cores of their own" if machine["pinned"] else "no cores set apart"
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {pinned}; {machine['system']}; "
        f"Python {machine['python']}; {versions}; load by {machine['load']}"
    )


def printed(results: Results) -> Iterator[rich.table.Table | str]:
    """Return what is printed at the end."""
    for table in results["tables"].values():
        shown = rich.table.Table(title=table["title"], title_justify="left", box=box.SIMPLE_HEAD)
        shown.add_column("")
        shown.add_column(table["unit"] or "requests/s", justify="right")
        shown.add_column("ratio (quartiles)", justify="right")
        for label, peer in table["peers"].items():
            shown.add_row(label, f"{peer['median']:,.1f}", spread(peer["ratio"]))
        yield shown
    columns = ("", "ratio (quartiles)", "to be", "")
    shown = rich.table.Table(*columns, title="Bounds", title_justify="left", box=box.SIMPLE_HEAD)
    for row in claims(results):
        shown.add_row(*row)
    yield shown


def claims(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Return the bounds: what is compared, how it came out, what it is to be, and whether it is."""
    for table in results["tables"].values():
        for bound in table["bounds"]:
            what = f"{table['title']}: {bound['peer']} / {bound['base']}"
            yield what, spread(bound["ratio"]), bound["bound"], "yes" if bound["met"] else "no"
    if (waits := results.get("waits")) is not None:
        took = f"{waits['seconds']:.1f} s, {waits['bytes'] / 1024:.0f} KiB each"
        yield f"{waits['count']:,} waits at once, two looks each", took, "", ""
    if (seconds := results.get("generate")) is not None:
        yield "`make generate`", f"{seconds:.1f} s", "below 4 s", "yes" if seconds < 4 else "no"
    if (rate := results.get("contract")) is not None:
        yield "`make contract`", f"{rate:.0f} cases/s", "", ""


def markdown(results: Results) -> str:
    """Return the bounds as docs/speed.md shows them."""
    lines = ["| | median (quartiles) | to be | |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in claims(results)]
    return "\n".join([*lines, "", f"Measured on {header(results['machine'])}.", ""])


def chart(results: Results) -> str:
    """Return the chart."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, autoescape=True)
    template = Path(__file__).with_name("chart.svg.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(tables=results["tables"])


def save(results: Results, folder: Path) -> None:
    """Write results.json into a folder; chart and bounds into the guide beside it, if there is one."""
    (folder / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    page = folder.parent / "docs" / "speed.md"
    drawn = (page.parent / "assets" if page.exists() else folder) / "chart.svg"
    drawn.write_text(chart(results), encoding="utf-8")
    if page.exists():
        start, end = MARKS
        table = re.compile(f"(?<={start}).*(?={end})", re.DOTALL)
        text = table.sub(lambda _: markdown(results), page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")
