"""Sends cases to a server, as far as that may be asked to carry them out, and keeps what came of them.

A request that is right names what the server has; on a server that is not ours it is sent only where `ALLOW_RUNS`
allows it, unless it can change nothing. A request that the document forbids names a job that is not there, and is sent
again for the real one if the refusal was for that; then it counts as well, for a server at fault may start a run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import changes
from .cases import PASSED, WITH_CREDENTIALS, Base, Case, Verdict, judge, of_parameter, refusals
from .connection import Connection, NoResponseError, NotToBeHadError
from .document import Document, Link, Operation, Parameter
from .exchange import Exchange, Request
from .parameters import can_carry
from .records import Outcome, Record, Records
from .samples import sample
from .target import Target
from .things import Things, nowhere
from .values import variants

ADVICE = "it may start a run: ALLOW_RUNS=, with JOB= (and WORKSPACE=), allows some"
APPEARS = 15.0
"""Seconds in all that are waited for what was made and does not appear."""

_LOOKS_AGAIN = 0.2

USED_UP = "it may start a run, and ALLOW_RUNS= is used up"


class Caller:
    """Sends cases to a server.

    Args:
        target: The server.
        document: The contract.
        records: Where what was tried is kept.
    """

    def __init__(self, target: Target, document: Document, records: Records) -> None:
        self.target = target
        self.document = document
        self.records = records
        self.suite = "contract"
        self.test = ""
        self._connection = Connection(target, document, records)
        self._things = Things(self)
        self._carried_out: set[str] = set()
        self._ready: dict[str, Request] = {}
        self._patience = APPEARS
        self._values_first: dict[tuple[str, str], bool] = {}

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    # Requests that are right.

    def request(self, operation: Operation, base: Base = Base.THERE, *, fresh: bool = False) -> Request:
        """Return a request that the document allows, to be sent as it is or changed.

        Args:
            operation: What it asks for.
            base: What it names.
            fresh: Whether what another operation made for it must not have been used before.

        Raises:
            NotToBeHadError: The server has nothing to name; the message says why.
        """
        request = self.plain(operation, there=base != Base.NOWHERE)
        made = self.document.made(operation)
        values: dict[str, Any] = self._things.values(operation, fresh=fresh) if made and base == Base.THERE else {}
        for parameter in operation.parameters:
            if parameter.name in values:
                request = request.having_parameter(parameter, values[parameter.name])
            elif parameter.name in made and base != Base.THERE:
                request = request.having_parameter(parameter, nowhere(parameter))
        return request

    def source_of(self, operation: Operation) -> Operation | None:
        """Return the operation that makes what another one is about, None if that needs nothing made."""
        source = self.document.source(operation)
        return source and source[0]

    def following(self, link: Link, operation: Operation, exchange: Exchange) -> Request:
        """Return the request to which a link leads from a response."""
        return self._things.following(link, operation, exchange.request, exchange)

    def state(self, request: Request) -> str | None:
        """Return the state of what a request is about; None if there is no way to it."""
        return self._things.state(request)

    def final_states(self, operation: Operation) -> set[str]:
        """Return the states in which what an operation is about stays by itself."""
        for link in operation.success.links:
            look = self.document.operation(link.operation)
            properties = self.document.bundled(look.success.schema).get("properties", {}) if look else {}
            for schema in properties.values():
                if "x-final-states" in schema:
                    return {state for states in schema["x-final-states"].values() for state in states}
        return set()

    def plain(self, operation: Operation, *, there: bool = True) -> Request:
        """Return a request with what options, examples and schemas give: the required parameters, and the body."""
        request = Request(operation, {}, headers={"User-Agent": "contract-suite", "Accept": "*/*"})
        for parameter in operation.parameters:
            value: Any = self.target.values.get(parameter.name)
            if parameter.not_found and not there:
                value = nowhere(parameter) if parameter.required else None
            elif value is None and parameter.required:
                value = parameter.example
                if value is None:
                    value = sample(self.document.bundled(parameter.schema))
            if value is not None:
                request = request.having_parameter(parameter, value)
        if operation.media_type:
            request = request.having_header("Content-Type", operation.media_type)
            body = operation.body_example
            if body is None and operation.body_required:
                body = sample(self.document.bundled(operation.bodies[operation.media_type]))
            request = request if body is None else request.having_body(body)
        return request

    def raw(self, request: Request, auth: Any = WITH_CREDENTIALS) -> Exchange:
        """Send a request without judging the response, for one that changes nothing."""
        try:
            return self._connection.send(request, self.target.auth if auth is WITH_CREDENTIALS else auth)
        except NoResponseError as error:
            raise NotToBeHadError(f"{request.operation.id} had no response: {error}") from None

    def seen(self, request: Request) -> Exchange:
        """Send a request that looks at what was just made, which may take a moment to appear."""
        return self._until_there(lambda: self.raw(request))

    def _until_there(self, send: Callable[[], Exchange]) -> Exchange:
        """Send a request about what was just made, and again until that is there."""
        exchange, waited = send(), 0.0
        while self._is_missing(exchange) and not self.target.own and waited < self._patience:
            time.sleep(_LOOKS_AGAIN)
            exchange, waited = send(), waited + _LOOKS_AGAIN
        if self._is_missing(exchange):
            self._patience -= waited
        return exchange

    def _is_missing(self, exchange: Exchange) -> bool:
        """Return whether it is refused because what another operation made is not there."""
        operation = exchange.request.operation
        missing = self.document.not_found(operation).get(exchange.code)
        return missing is not None and missing.name in self.document.made(operation)

    def server_time(self) -> float:
        """Return the server's time in seconds since 1970: that of its header Date, or else of this machine."""
        look = next((each for each in self.document.operations if each.is_safe), None)
        if self._connection.clock_difference is None and look is not None:
            with suppress(NotToBeHadError):
                self.raw(self.plain(look, there=False))
        return time.time() + (self._connection.clock_difference or 0.0)

    def once(self, request: Request) -> Exchange:
        """Send a request once, even if the server is too busy."""
        return self._connection.once(request, self.target.auth)

    def carried_out(self, operation: Operation, *, fresh: bool = False) -> Exchange:
        """Have an operation carried out, and return the response.

        Args:
            operation: Which.
            fresh: Whether what another operation made for it must not have been used before.

        Raises:
            NotToBeHadError: It may not be, or the server refused it.
        """
        if reason := self._obstacle(operation, Base.THERE, allowed=True):
            raise NotToBeHadError(reason)
        request = self.request(operation, fresh=fresh)
        exchange = self.seen(request) if operation.is_safe else self.raw(request)
        self._learn(exchange, Base.THERE)
        if exchange.status >= 300:
            raise NotToBeHadError(f"{operation.id} was refused: {exchange.said}")
        return exchange

    def was_carried_out(self, operation: Operation) -> bool:
        """Return whether the server has carried out an operation."""
        return operation.id in self._carried_out

    def bare(self, request: Request, *, counts: bool = False) -> tuple[int, bytes]:
        """Send a request as it is, its method too, and return the status and all that follows the response's head.

        Args:
            request: What to send.
            counts: Whether it is about what the server has, and is counted.

        Raises:
            NotToBeHadError: It may not be sent, or there is no response.
        """
        if counts and (reason := self._obstacle(request.operation, Base.THERE, allowed=True)):
            raise NotToBeHadError(reason)
        return self._connection.bare(request, self.target.auth)

    def count_and_send(self, request: Request, *, allowed: bool, auth: Any = WITH_CREDENTIALS) -> Exchange:
        """Send a request about what the server has, if it may be; it is counted.

        Raises:
            NotToBeHadError: It may not.
        """
        if reason := self._obstacle(request.operation, Base.THERE, allowed=allowed):
            raise NotToBeHadError(reason)
        exchange = self.raw(request, auth)
        self._learn(exchange, Base.THERE)
        return exchange

    # Cases.

    def hold(self, cases: list[Case]) -> list[Record]:
        """Try cases, and return what came of them."""
        return [self.try_out(case) for case in cases]

    def try_out(self, case: Case) -> Record:
        """Try a case, and return what came of it."""
        verdict, exchange = self._verdict(case)
        message = verdict.message
        if verdict.outcome == Outcome.FAILED and exchange is not None:
            message = exchange.told(message)
        return self.keep(case, Verdict(verdict.outcome, verdict.reason, message))

    def keep(self, case: Case, verdict: Verdict) -> Record:
        """Keep what came of a case that was tried in another way."""
        record = Record(
            suite=self.suite,
            operation=case.operation.id,
            place=case.place,
            rule=case.rule,
            tried=case.tried,
            allowed=case.violation is None,
            outcome=verdict.outcome,
            reason=verdict.reason,
            message=verdict.message,
            test=self.test,
        )
        self.records.cases.append(record)
        return record

    def _verdict(self, case: Case) -> tuple[Verdict, Exchange | None]:
        """Try a case where it can be tried, until it is shown."""
        verdict, exchange = Verdict(Outcome.NOT_SHOWN), None
        reasons: list[str] = []
        for base in case.bases or self._bases(case):
            try:
                request = case.change(self._base(case, base))
                if reason := self._obstacle(case.operation, base, allowed=case.violation is None or case.names_nothing):
                    raise NotToBeHadError(reason)
                verdict, exchange = self._judged(case, request, base)
            except NotToBeHadError as error:
                verdict = Verdict(Outcome.NOT_SHOWN, str(error))
            except NoResponseError as error:
                reason = f"no response: {error}"
                return Verdict(Outcome.FAILED, reason, f"{case.about}: {reason}"), None
            if verdict.outcome != Outcome.NOT_SHOWN:
                return verdict, exchange
            reasons.append(verdict.reason)
        return Verdict(Outcome.NOT_SHOWN, "; and ".join(dict.fromkeys(reasons))), exchange

    def _bases(self, case: Case) -> tuple[Base, ...]:
        """Return what requests a case is to change, where it does not say."""
        if self.target.own:
            return (Base.THERE,)
        if case.is_elsewhere and case.violation is None:
            return (Base.NOWHERE,)
        # What can be shown without anything being carried out, is.
        is_shown_first = case.violation is not None or case.may_fail or self.document.made(case.operation)
        if is_shown_first and not case.operation.is_safe:
            return (Base.NOWHERE, Base.THERE)
        return (Base.THERE, Base.NOWHERE)

    def _base(self, case: Case, base: Base) -> Request:
        """Return the request that a case changes."""
        operation = case.operation
        names_it = not case.is_elsewhere or case.bases
        if base == Base.THERE and names_it and "x-allowed-states" in operation.node:
            if case.violation is None:
                return self.in_allowed_state(operation)
            # Refused for its state, it would not be refused for what is wrong with it.
            if case.auth is WITH_CREDENTIALS and any(status == 400 for status, _ in case.refusals):
                return self._still_in_allowed_state(operation)
        return self.request(operation, base)

    def _still_in_allowed_state(self, operation: Operation) -> Request:
        """Return a request about something in a state that allows the operation, the same one while it stays so."""
        kept = self._ready.get(operation.id)
        if kept is None or self._things.state(kept) not in operation.node["x-allowed-states"]:
            kept = self._ready[operation.id] = self.in_allowed_state(operation)
        return kept

    def in_allowed_state(self, operation: Operation) -> Request:
        """Return a request about something that is in a state that allows the operation.

        Raises:
            NotToBeHadError: There is no such thing, or it does not come to such a state.
        """
        # What such an operation is about may have come to another state by now.
        request = self.request(operation, fresh=self.target.own or operation.id in self._carried_out)
        if not self._things.until_allowed(request):
            request = self.request(operation, fresh=True)
            self.await_allowed_state(request)
        return request

    def await_allowed_state(self, request: Request) -> None:
        """Look at what a request is about until its state allows the operation.

        Raises:
            NotToBeHadError: It does not come to such a state.
        """
        if not self._things.until_allowed(request):
            raise NotToBeHadError("what it is about does not come to a state that allows it")

    def _obstacle(self, operation: Operation, base: Base, *, allowed: bool) -> str | None:
        """Return why a request must not be sent, or count it and return None."""
        if self.target.own or operation.is_safe:
            return None
        runs = self.target.runs
        if allowed and operation.method != "POST" and not self.document.made(operation):
            return "it would change what the suite has not made"
        if base == Base.NOWHERE and (
            not allowed or self.document.made(operation) or self.target.known.has_every_job is False
        ):
            return None
        if runs.limit and runs.take("allowed" if allowed else "forbidden"):
            return None
        return USED_UP if runs.limit else ADVICE

    def _judged(self, case: Case, request: Request, base: Base) -> tuple[Verdict, Exchange]:
        auth = self.target.auth if case.auth is WITH_CREDENTIALS else case.auth

        def may_repeat() -> bool:
            return self._obstacle(case.operation, base, allowed=case.violation is None) is None

        def send() -> Exchange:
            return self._connection.send(request, auth, may_repeat=may_repeat)

        appears = base == Base.THERE and case.violation is None and not case.is_elsewhere
        exchange = self._until_there(send) if appears else send()
        if case.violation is None or case.names_nothing or (base == Base.NOWHERE and exchange.status >= 400):
            self._learn(exchange, Base.NOWHERE if case.is_elsewhere else base)
        elif base == Base.THERE and exchange.status < 300:
            self.target.runs.started += not case.operation.is_safe
            self._ready.pop(case.operation.id, None)
        linked = bool(self.document.made(case.operation))
        must_succeed = self.target.own and (not case.is_elsewhere or (self.target.any_job and not linked))
        is_there = base != Base.NOWHERE and self.target.known.has_the_job
        verdict = judge(self.document, case, exchange, is_there=is_there, must_succeed=must_succeed)
        return self._reconsidered(case, verdict, exchange, base), exchange

    def _learn(self, exchange: Exchange, base: Base) -> None:
        """Learn from the response to a request that is right, but for what it names, what the server has."""
        operation = exchange.request.operation
        if exchange.status < 300:
            self.target.runs.started += not operation.is_safe
            self._ready.pop(operation.id, None)
            if base == Base.THERE:
                # Not all operations name a job.
                self.target.known.has_the_job |= any(
                    each.not_found and each.location == "path" for each in operation.parameters
                )
                self._carried_out.add(operation.id)
            elif (
                not operation.is_safe and not self.document.made(operation) and self.target.known.has_every_job is None
            ):
                self.target.known.has_every_job = True
        elif base == Base.NOWHERE and self.target.known.has_every_job is None:
            missing = self.document.not_found(operation).get(exchange.code)
            if missing and missing.location == "path" and missing.name not in self.document.made(operation):
                self.target.known.has_every_job = False

    def _reconsidered(self, case: Case, verdict: Verdict, exchange: Exchange, base: Base) -> Verdict:
        """Return what a response is worth, given how the server answers other requests."""
        if case.names_nothing and exchange.status < 300 and self.target.known.has_every_job is not False:
            return Verdict(Outcome.NOT_SHOWN, "the server may have every job")
        missing = self.document.not_found(case.operation).get(exchange.code)
        is_for_another = case.violation is None and missing is not None and missing != case.parameter
        if is_for_another and verdict.outcome != Outcome.FAILED and missing and not self.target.own:
            # Refused for what is not there, it was not refused for its value, if that is looked at first.
            if self._looks_at_values_first(case):
                return PASSED
            if verdict.outcome == Outcome.PASSED:
                return Verdict(Outcome.NOT_SHOWN, f"refused for another reason: the {missing.name} is not there")
        # The mock carries out all that the document has.
        may_refuse = "x-allowed-states" in case.operation.node and not self.target.own
        is_refused = 400 <= exchange.status < 500 and may_refuse
        is_for_state = base == Base.THERE and exchange.status == 400 and not case.is_elsewhere
        is_worth = Outcome.FAILED if case.violation is None else Outcome.PASSED if is_for_state else None
        if is_refused and verdict.outcome == is_worth and not self.was_carried_out(case.operation):
            # The document leaves open whether a server does it at all, and how it refuses.
            return Verdict(Outcome.NOT_SHOWN, f"the server refuses {case.operation.id} in every state that was seen")
        return verdict

    def _looks_at_values_first(self, case: Case) -> bool:
        """Return whether the server refuses a forbidden value of this place before it says what is not there."""
        place = case.place.partition(" ")[0] if case.place.startswith("body") else case.place
        key = case.operation.id, place
        if key not in self._values_first:
            self._values_first[key] = False
            if forbidden := self._forbidden(case.operation, place):
                exchange = self.raw(forbidden.change(self.request(case.operation, Base.NOWHERE)))
                verdict = judge(self.document, forbidden, exchange, is_there=False, must_succeed=False)
                self._values_first[key] = verdict.outcome == Outcome.PASSED
        return self._values_first[key]

    def _forbidden(self, operation: Operation, place: str) -> Case | None:
        """Return a case that the document forbids for its value at a place."""
        if place == "body" and operation.media_type:
            schema = operation.bodies[operation.media_type]
            codes = refusals(self.document, operation, *self.document.refusals("body"))
            for variant in variants(self.document, schema):
                if violation := self.document.violation(schema, variant.value):
                    return Case(operation, place, "type", "", changes.body(variant.value), violation, codes)
        for parameter in operation.parameters:
            if parameter.place == place:
                return _forbidden_value(self.document, operation, parameter)
        return None


def _forbidden_value(document: Document, operation: Operation, parameter: Parameter) -> Case | None:
    for variant in variants(document, parameter.schema):
        value = variant.value
        if not isinstance(value, str) or value in ("", ".", "..") or not can_carry(parameter, value):
            continue
        if violation := document.violation(parameter.schema, value):
            codes = of_parameter(document, parameter, operation, value)
            change = changes.parameter(parameter, value)
            return Case(operation, parameter.place, "pattern", json.dumps(value), change, violation, codes, parameter)
    return None


def told(records: list[Record], limit: int = 5) -> str:
    """Return the failures among records, for a test to fail with; an empty text if there are none."""
    failed = [record for record in records if record.outcome == Outcome.FAILED]
    if not failed:
        return ""
    more = [f"  also: {record.title}" for record in failed[1:limit]]
    if len(failed) > limit:
        more.append(f"  and {len(failed) - limit} more of {len(records)} cases")
    return "\n".join([failed[0].message, *more])
