"""Variants in what is refused and how, in what jobs and instances do, and in lists."""

from __future__ import annotations

from tests.strangers.kinds import Kind, header

_ORDER = "If more than one thing is wrong, the document does not say which is answered."
_STATES = "schemas.JobInstanceStatus: any state may come, and from those that are not final it goes on."
_IDS = "schemas.RunJobResponse: an integer of 64 bits"
_LATE = "showJobInstance: an instance may take a moment to appear; the reference states no limit."
_RESTART = "restartJobInstance: a server may refuse an instance that was executed immediately."
_WINDOW = "listJobInstances: what a server does with a longer window is stated nowhere."
_CLOCK = "securitySchemes.signature: the date may differ from the gateway's time by 15 minutes."
_POLICY = "When a server throttles is its own policy."
_OPEN = "x-refusals: what HTTP leaves open is the server's own."

SERVICE_VARIANTS: dict[str, Kind] = {
    "expectation-failed": Kind("Answers 417 to Expect: 100-continue.", "RFC 9110, 10.1.1 and 15.5.18"),
    "length-required": Kind("Answers 411 to a chunked body.", "RFC 9112, 6.3: a server may answer 411"),
    "target-too-long": Kind("Answers 414 to a target above 8000 bytes.", "RFC 9110, 15.5.15; RFC 9112, 3"),
    "headers-too-large": Kind("Answers 431 to headers above 8192 bytes.", "RFC 6585, 5"),
    "unknown-method-501": Kind("Answers 501 to methods that it does not know.", "RFC 9110, 9.1 and 15.6.2"),
    "head-as-get": Kind("Answers HEAD as GET, without the body.", "RFC 9110, 9.1 and 9.3.2"),
    "options-answered": Kind("Answers OPTIONS with 204 and Allow.", "RFC 9110, 9.3.7"),
    "size-first": Kind("Answers 413 before it looks at the path, and reads no body for it.", _ORDER),
    "media-type-first": Kind("Answers 415 before 401 and 404.", _ORDER),
    "body-before-names": Kind("Reads the body before it checks the names in the path.", _ORDER),
    "job-before-all": Kind("Looks the job up before it checks the instance ID.", _ORDER),
    "unknown-job-as-instance": Kind(
        "Answers DLF.0137 for an instance of an unknown job.",
        "The hint of DLF.0137: check the instance ID, the job's name and the workspace ID. " + _ORDER,
    ),
    "unknown-workspace-as-instance": Kind(
        "Answers DLF.0137 for an instance in an unknown workspace.",
        "The hint of DLF.0137: check the instance ID, the job's name and the workspace ID. " + _ORDER,
    ),
    "unreadable-by-gateway": Kind(
        "Answers APIGW.0201 to a body that is no JSON.", "x-refusals: unreadable, RequestError"
    ),
    "one-project": Kind(
        "Serves the project that it is first asked for, and answers 403 for others.",
        "responses.Forbidden: check that the project ID belongs to the credentials.",
    ),
    "unknown-query-refused-everywhere": Kind(
        "Refuses query parameters that the document does not have.", "x-refusals: " + _OPEN
    ),
    "empty-body-media-type-refused": Kind(
        "Answers 415 to a Content-Type that is not JSON also where no body follows.",
        "responses.UnsupportedMediaType; RFC 9110, 15.5.16: the indicated Content-Type is enough",
    ),
    "content-encoding-decoded": Kind(
        "Decodes bodies with Content-Encoding: gzip.", "RFC 9110, 8.4: a content coding keeps the media type"
    ),
    "path-words-decoded": Kind(
        "Decodes unreserved characters in the words of the path.", "RFC 3986, 6.2.2.2: they are equivalent"
    ),
    "dot-segments-removed": Kind("Removes dot segments from the path.", "RFC 3986, 5.2.4 and 6.2.2.3"),
    "bad-target-unreadable": Kind(
        "Answers APIGW.0201 to a target with a percent sign that escapes nothing.",
        "RFC 9112, 3: 400 for an invalid request line; examples.RequestError",
    ),
    "ids-negative": Kind("Starts with the least ID of 64 bits.", _IDS),
    "ids-zero": Kind("Starts with the ID 0.", _IDS),
    "ids-descending": Kind("Counts IDs down from 2 to the power of 63.", _IDS),
    "ids-random": Kind("Gives IDs at random.", _IDS),
    "ends-at-once": Kind("Shows a run as successful at once.", _STATES),
    "fails-at-once": Kind("Shows a run as failed at once.", _STATES),
    "fails": Kind("Lets each run fail in the end.", _STATES),
    "ends-forced": Kind("Ends runs as forceSuccess.", _STATES),
    "ends-ignored": Kind("Ends runs as ignoreSuccess.", _STATES),
    "ends-skipped": Kind("Ends runs as skip-by-depend.", _STATES),
    "ends-in-exception": Kind("Ends runs as running-exception, which can be stopped.", _STATES),
    "runs-by-time": Kind("Goes from state to state by time, whether it is shown or not.", _STATES),
    "runs-slowly": Kind("Goes on at each sixth time that it is shown.", _STATES),
    "many-states": Kind("Goes through waiting-confirm, freeze and pause before it runs.", _STATES),
    "starts-running": Kind("Starts runs in the state running, without waiting.", _STATES),
    "restart-refused": Kind("Restarts no instance.", _RESTART),
    "restart-runs-at-once": Kind("Goes on from restart in the state running.", _STATES),
    "restart-plans-anew": Kind(
        "Plans an instance for the time of its restart.",
        "JobInstance: planTime; that a restart keeps it is stated nowhere.",
    ),
    "stop-comes-later": Kind(
        "Comes to manual-stop a moment after the answer to stop.",
        "stopJobInstance: the instance then comes to the state manual-stop; look at it afterwards.",
    ),
    "appears-late": Kind("Shows and lists an instance half a second after its start.", _LATE),
    "appears-at-third-look": Kind("Shows an instance at the third request for it.", _LATE),
    "listed-late": Kind("Lists an instance half a second after its start.", _LATE),
    "planned-in-minutes": Kind(
        "Plans runs for the full minute in which they were started.",
        "JobInstance: planTime is when the instance was planned to start; in which steps is not stated.",
    ),
    "planned-in-seconds": Kind(
        "Plans runs for the full second in which they were started.",
        "JobInstance: planTime is when the instance was planned to start; in which steps is not stated.",
    ),
    "clock-behind-and-dated": Kind(
        "Has a clock that is ten minutes behind, and tells it by Date.", _CLOCK + " RFC 9110, 6.6.1"
    ),
    "type-scheduled": Kind("Lists runs with the instanceType 0.", "InstanceType: which they have is stated nowhere."),
    "type-once": Kind("Lists runs with the instanceType 7.", "InstanceType: which they have is stated nowhere."),
    "others-ran-before": Kind(
        "Lists instances of the days before, in all states and of all types.", "listJobInstances; others run jobs too."
    ),
    "others-run-meanwhile": Kind(
        "Lists one more instance each time, since others run the job too.", "listJobInstances; others run jobs too."
    ),
    "list-long-window-refused": Kind("Refuses a window longer than three days.", _WINDOW),
    "list-long-window-empty": Kind("Lists nothing for a window longer than three days.", _WINDOW),
    "list-long-window-in-full": Kind("Lists all of a window longer than three days.", _WINDOW),
    "list-in-random-order": Kind("Lists instances in an order of no meaning.", "The order is stated nowhere."),
    "busy-at-times": Kind(
        "Answers 503 to each fortieth request.", "responses.ServiceUnavailable: the service cannot answer now."
    ),
    "throttle-fixed-seconds": Kind("Takes 20 requests in each of the clock's seconds.", _POLICY, {"rate": 20}),
    "retry-after-2": Kind(
        "Asks to wait for two seconds.", "headers.RetryAfter: minimum 0", edit=header("", 429, "Retry-After", "2")
    ),
}
