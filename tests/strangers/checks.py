"""The rules of the document for parameters and request bodies, written out by hand."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.strangers.messages import Doc, RefusalError, Request, Switches

STATES = [
    "waiting",
    "running",
    "success",
    "fail",
    "running-exception",
    "pause",
    "manual-stop",
    "forceSuccess",
    "ignoreSuccess",
    "freeze",
    "skip-by-depend",
    "waiting-confirm",
]
TYPES = (0, 2, 5, 6, 7)
_ID = re.compile(r"[0-9A-Za-z_-]+")
_JOB = r"[.]*[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥]*"
_UNWANTED = {
    "script-refused": "(?i)<script",
    "query-language-refused": r"(?i)'\s*or\s|union\s+select|;\s*drop\s|--",
    "parent-folder-refused": r"\.\./",
    "astral-refused": "[\U00010000-\U0010ffff]",
    "nul-refused": "\0",
    "line-feed-refused": "[\r\n]",
    "expression-refused": r"\$\{",
}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")


def decode(segment: str, error: str) -> str:
    """Percent-decodes a part of the target once, as UTF-8, or refuses it."""
    if re.search("%(?![0-9A-Fa-f]{2})", segment):
        raise RefusalError(error)
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise RefusalError(error) from None


def accepts_json(accept: str | None) -> bool:
    """Returns whether an Accept header allows JSON; the most specific range decides."""
    weights: dict[str, str] = {}
    for part in (accept or "*/*").lower().split(","):
        media_range, *params = (word.strip() for word in part.split(";"))
        weights[media_range] = next((param[2:] for param in params if param.startswith("q=")), "1")
    ranges = [each for each in ("application/json", "application/*", "*/*") if each in weights]
    return bool(ranges) and float(weights[ranges[0]]) > 0


def length(text: str, sw: Switches, what: str) -> int:
    """Returns how many characters a text has."""
    if sw.on(f"{what}-counts-bytes"):
        return len(text.encode("utf-8", "surrogatepass"))
    if sw.on(f"{what}-counts-utf16"):
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if sw.on(f"{what}-trimmed"):
        return len(text.strip())
    return len(text)


def check_id(value: str, longest: int, sw: Switches, what: str) -> None:
    """Checks a project or a workspace ID."""
    matched = _ID.match(value) if sw.on(f"{what}-unanchored") else _ID.fullmatch(value)
    if sw.on(f"{what}-dollar"):
        matched = re.match(r"^[0-9A-Za-z_-]+$", value)
    if sw.on(f"{what}-hex-only"):
        matched = re.fullmatch("[0-9a-fA-F]{1,64}", value)
    if sw.on(f"{what}-unchecked"):
        return
    if sw.on(f"{what}-unicode"):
        matched = re.fullmatch(r"[\w-]+", value)
    if sw.on(f"{what}-kelvin-sign"):
        matched = re.fullmatch("[0-9A-Z_-]+", value, re.IGNORECASE)
    if not matched or len(value) > longest:
        raise RefusalError("invalid")


def check_job(name: str, sw: Switches) -> str:
    """Checks a job's name and returns it."""
    if sw.on("job-normalised"):
        name = unicodedata.normalize("NFKC", name)
    if sw.on("job-normalised-canonically"):
        name = unicodedata.normalize("NFC", name)
    if sw.on("job-suffix-cut"):
        name = name.removesuffix(".json")
    if sw.on("job-final-period-cut"):
        name = name.rstrip(".") or name
    if sw.on("job-nul-500") and "\0" in name:
        raise RefusalError("internal")
    if sw.on("job-double-period-refused") and ".." in name:
        raise RefusalError("job-invalid")
    if sw.on("job-stripped"):
        name = name.strip()
    if not name and not sw.on("job-blank-as-unknown"):
        raise RefusalError("job-blank")
    pattern = _JOB
    for fault, other in {
        "job-ascii-only": r"[.]*[0-9A-Za-z_\-][0-9A-Za-z_.\-]*",
        "job-any-letter": r"[.]*[\w\-][\w.\-]*",
        "job-no-leading-period": r"[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥]*",
        "job-only-periods": r"[0-9A-Za-z_.\-一-龥]+",
        "job-no-period": r"[0-9A-Za-z_\-一-龥]+",
        "job-letter-first": r"[.]*[A-Za-z_一-龥][0-9A-Za-z_.\-一-龥]*",
        "job-last-chinese-missing": r"[.]*[0-9A-Za-z_\-一-龤][0-9A-Za-z_.\-一-龤]*",
        "job-chinese-beyond": r"[.]*[0-9A-Za-z_\-一-鿿][0-9A-Za-z_.\-一-鿿]*",
        "job-first-chinese-missing": r"[.]*[0-9A-Za-z_\-丁-龥][0-9A-Za-z_.\-丁-龥]*",
        "job-hyphen-first-refused": r"[.]*[0-9A-Za-z_一-龥][0-9A-Za-z_.\-一-龥]*",
        "job-final-period-refused": r"[.]*[0-9A-Za-z_\-一-龥]([0-9A-Za-z_.\-一-龥]*[0-9A-Za-z_\-一-龥])?",
        "job-spaces": r"[.]*[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥 ]*",
    }.items():
        if sw.on(fault):
            pattern = other
    matched = re.fullmatch(pattern, name, re.IGNORECASE if sw.on("job-kelvin-sign") else 0)
    if sw.on("job-dollar"):
        matched = re.match(f"^{pattern}$", name)
    if sw.on("job-unanchored"):
        matched = re.search(pattern, name)
    valid = bool(matched) and length(name, sw, "job") <= sw.limits.job_max
    if not valid and not sw.on("job-unchecked"):
        raise RefusalError("job-invalid")
    return name


def integer(value: str, low: int, high: int, sw: Switches, what: str) -> int:
    """Reads an integer of a path or a query."""
    pattern = _INTEGER
    if sw.on(f"{what}-lenient-integer"):
        value = value.strip().partition(".")[0].removeprefix("+")
    if sw.on(f"{what}-unicode-digits"):
        pattern = re.compile(r"-?\d+")
    if not pattern.fullmatch(value):
        raise RefusalError("invalid")
    number = int(value)
    if sw.on(f"{what}-huge-500") and abs(number) >= 2**64:
        raise RefusalError("internal")
    if sw.on(f"{what}-zero-refused") and number == 0:
        raise RefusalError("invalid")
    if sw.on(f"{what}-clamped"):
        number = min(max(number, low), high)
    if sw.on(f"{what}-wraps"):
        number = (number + 2**63) % 2**64 - 2**63
    if not low <= number <= high:
        raise RefusalError("invalid")
    return number


def parse_query(request: Request, sw: Switches) -> dict[str, str]:
    """Reads the query. A parameter that is repeated is refused."""
    found: dict[str, str] = {}
    for part in re.split("[&;]" if sw.on("query-semicolon") else "&", request.query):
        name, _, value = part.partition("=")
        if not part:
            continue
        if sw.on("query-not-decoded"):
            key, text = name, value
        else:
            key, text = (decode(half.replace("+", " "), "invalid") for half in (name, value))
        if sw.on("query-decoded-twice") and "%" in text:
            text = decode(text, "invalid")
        if sw.on("query-names-lower-case"):
            key = {"jobname": "jobName", "minplantime": "minPlanTime"}.get(key.lower(), key)
        if sw.on("query-snake-case"):
            key = {"job_name": "jobName", "jobName": "-"}.get(key, key)
        if key in found and not sw.on("repeated-query-first"):
            raise RefusalError("invalid")
        found.setdefault(key, text)
    return found


def _quoted(match: re.Match[str]) -> str:
    return f'{match[1]}"{match[2]}"' if match[2] else match[0]


def read_body(body: bytes, sw: Switches) -> Doc:
    """Reads a request body that is not empty: a JSON object in UTF-8."""
    if sw.on("body-bom-accepted"):
        body = body.removeprefix(b"\xef\xbb\xbf")
    if sw.on("body-blank-is-empty") and not body.strip():
        return {}
    encoding, errors = "utf-8", "strict"
    if sw.on("body-utf16-accepted") and b"\0" in body:
        encoding = "utf-16"
    if sw.on("body-bad-utf8-accepted"):
        errors = "replace"
    if sw.on("body-latin1"):
        encoding = "latin-1"

    def constant(name: str) -> Any:
        if sw.on("body-nan-accepted"):
            return 0
        raise ValueError(name)

    def pairs(items: list[tuple[str, Any]]) -> Doc:
        if len({key for key, _ in items}) < len(items) and sw.on("duplicate-keys-refused"):
            raise ValueError("duplicate")
        return dict(reversed(items)) if sw.on("duplicate-keys-first") else dict(items)

    try:
        text = body.decode(encoding, errors)
        if sw.on("body-trailing-garbage"):
            doc = json.JSONDecoder(parse_constant=constant).raw_decode(text.lstrip())[0]
        else:
            if sw.on("body-comments-accepted"):
                text = re.sub(r"//[^\n]*\n?|,(?=\s*[\]}])", "", text)
            if sw.on("body-single-quotes"):
                text = text.replace("'", '"')
            if sw.on("body-unquoted-names"):
                text = re.sub(r'"[^"\n]*"|([{,]\s*)([A-Za-z_]\w*)(?=\s*:)', _quoted, text)
            if sw.on("body-python-words"):
                text = re.sub(r"\b(True|False|None)\b", "null", text)
            if sw.on("body-leading-zeros"):
                text = re.sub(r"(?<=[:\[,\s])(-?)0+(?=[0-9])", r"\1", text)
            if sw.on("body-any-space"):
                text = text.strip()
            strict = not sw.on("body-control-characters")
            doc = json.loads(text, parse_constant=constant, object_pairs_hook=pairs, strict=strict)
    except RecursionError:
        raise RefusalError("internal" if sw.on("body-deep-500") else "invalid") from None
    except ValueError:
        if sw.on("body-unparsable-ignored"):
            return {}
        other = "unreadable" if sw.on("unreadable-by-gateway") else "invalid"
        raise RefusalError("internal" if sw.on("body-unparsable-500") else other) from None
    if not isinstance(doc, dict):
        if (sw.on("body-null-accepted") and doc is None) or (sw.on("body-array-accepted") and isinstance(doc, list)):
            return {}
        if sw.on("body-string-accepted") and isinstance(doc, str):
            return {}
        raise RefusalError("internal" if sw.on("body-not-object-500") else "invalid")
    return doc


def _string(value: Any, low: int, high: int | None, sw: Switches, what: str) -> None:
    if sw.on(f"{what}-coerced") and isinstance(value, (int, float)):
        value = str(value)
    if sw.on(f"{what}-null-accepted") and value is None:
        return
    if not isinstance(value, str):
        raise RefusalError("internal" if sw.on(f"{what}-type-500") else "invalid")
    if sw.on(f"{what}-pattern") and not re.fullmatch(r"[0-9A-Za-z_.-]*", value):
        raise RefusalError("invalid")
    for fault, unwanted in _UNWANTED.items():
        if sw.on(f"{what}-{fault}") and re.search(unwanted, value):
            raise RefusalError("invalid")
    count = length(value, sw, what)
    if count < low or (high is not None and count > high):
        raise RefusalError("invalid")


def check_run(doc: Doc, sw: Switches) -> None:
    """Checks the body of a request to run a job."""
    if sw.on("unknown-top-refused") and set(doc) - {"jobParams"}:
        raise RefusalError("invalid")
    if "jobParams" not in doc:
        if sw.on("jobparams-required"):
            raise RefusalError("invalid")
        return
    params = doc["jobParams"]
    if sw.on("jobparams-null-accepted") and params is None:
        return
    if sw.on("jobparams-object-accepted") and isinstance(params, dict):
        params = [params]
    if not isinstance(params, list):
        raise RefusalError("invalid")
    if sw.on("jobparams-empty-refused") and not params:
        raise RefusalError("invalid")
    if sw.on("jobparams-at-most-ten") and len(params) > 10:
        raise RefusalError("invalid")
    if sw.on("jobparams-at-most-hundred") and len(params) > 100:
        raise RefusalError("invalid")
    if sw.on("first-ten-params-only"):
        params = params[:10]
    if sw.on("names-unique") and len({str(p.get("name")) for p in params if isinstance(p, dict)}) < len(params):
        raise RefusalError("invalid")
    for param in params[:1] if sw.on("first-param-only") else params:
        if sw.on("param-null-accepted") and param is None:
            continue
        if not isinstance(param, dict):
            raise RefusalError("invalid")
        if sw.on("unknown-param-refused") and set(param) - {"name", "value", "paramType", "type"}:
            raise RefusalError("invalid")
        more = [value for key, value in param.items() if key not in ("name", "value", "paramType")]
        if sw.on("further-null-refused") and None in more:
            raise RefusalError("invalid")
        if sw.on("further-object-refused") and any(isinstance(value, (dict, list)) for value in more):
            raise RefusalError("invalid")
        if sw.on("dialect-type-refused") and "type" in param:
            raise RefusalError("invalid")
        if sw.on("dialect-type-checked") and param.get("type", "variable") not in ("variable", "constants"):
            raise RefusalError("invalid")
        if sw.on("paramtype-required") and "paramType" not in param:
            raise RefusalError("invalid")
        for what, low, high in (
            ("name", sw.limits.name_min, sw.limits.name_max),
            ("value", sw.limits.value_min, sw.limits.value_max),
        ):
            if what in param:
                _string(param[what], low, high, sw, what)
            elif not sw.on(f"{what}-optional"):
                raise RefusalError("invalid")
        if "paramType" in param and not sw.on("paramtype-unchecked"):
            kind = param["paramType"]
            if sw.on("paramtype-any-case") and isinstance(kind, str):
                kind = kind.lower()
            if sw.on("paramtype-trimmed") and isinstance(kind, str):
                kind = kind.strip()
            if (sw.on("paramtype-empty-accepted") and kind == "") or (sw.on("paramtype-ordinal") and kind in (0, 1)):
                continue
            if sw.on("paramtype-singular") and kind == "constant":
                kind = "constants"
            if kind is None and sw.on("paramtype-null-accepted"):
                continue
            if kind not in ("variable", "constants") or (sw.on("paramtype-constants-refused") and kind == "constants"):
                raise RefusalError("invalid")


def check_restart(doc: Doc, sw: Switches) -> None:
    """Checks the body of a request to restart an instance."""
    choices = {
        "retry_location": ("error_node", "first_node", "specified_node"),
        "job_param_version": ("original_version", "latest_version"),
    }
    if sw.on("restart-camel-case"):
        if set(doc) & set(choices):
            raise RefusalError("invalid")
        return
    if sw.on("restart-body-unchecked"):
        return
    if sw.on("restart-unknown-refused") and set(doc) - {*choices, "ignore_obs_monitor", "node_name"}:
        raise RefusalError("invalid")
    if sw.on("restart-location-required") and "retry_location" not in doc:
        raise RefusalError("invalid")
    for name, allowed in choices.items():
        if name not in doc or sw.on(f"restart-{name}-unchecked"):
            continue
        if sw.on("restart-null-accepted") and doc[name] is None:
            continue
        if sw.on("restart-empty-accepted") and doc[name] == "":
            continue
        if sw.on("restart-any-case") and isinstance(doc[name], str) and doc[name].lower() in allowed:
            continue
        if sw.on("restart-original-refused") and doc[name] == "original_version":
            raise RefusalError("invalid")
        if sw.on("restart-specified-refused") and doc[name] == "specified_node":
            raise RefusalError("invalid")
        if doc[name] not in allowed:
            raise RefusalError("invalid")
    monitor = doc.get("ignore_obs_monitor", False)
    if sw.on("restart-boolean-coerced") and monitor in ("true", "false", 0, 1):
        monitor = True
    if sw.on("restart-boolean-numbers") and monitor in (0, 1):
        monitor = True
    if sw.on("restart-monitor-null") and monitor is None:
        monitor = True
    if not isinstance(monitor, bool):
        raise RefusalError("invalid")
    if "node_name" in doc:
        _string(doc["node_name"], sw.limits.node_min, None, sw, "node")
