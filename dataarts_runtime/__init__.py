"""What a generated client stands on: schemas that check, operations, the client that sends them, and its errors.

Nothing here depends on an API: a generated package declares its models and operations with what these modules offer.
What is decided where:

Declared by generated packages, and imported by users

- `types`: UNSET, and the Response of an operation.
- `errors`: the tree of exceptions, and what each of them carries.
- `schema`: JSON Schemas: limits, patterns, enums (`Member`: what becomes of an unknown value), arrays, unions.
- `formats`: JSON Schemas of dates, times and UUIDs.
- `models`: what models have in common: fields that are checked, null and UNSET, additional properties.
- `operation`: a call from its arguments to its result: which response is a value and which an error, and what the
  message of an error says.
- `client`: the options of a client and their checks; where credentials may go over plain http.
- `servers`: URLs of servers, with variables in them.
- `aiohttp`: a transport for asynchronous calls over aiohttp.
- `lazy`: names of a package that are imported when they are first used.

How a request is made

- `_parameters`: how arguments are written in path, query, header fields and body: array styles, percent-encoding, JSON.
- `_headers`: which header fields HTTP can carry, and which hold credentials.
- `_json_values`: which Python values JSON can carry, when two are equal in JSON, and how messages show them.

How it is sent, and sent again

- `_engine`: the loop of a call's attempts, its deadline, and the log line of each attempt.
- `_retry`: whether a call is attempted again, after how many seconds, how long a Retry-After may be, how it is read.
- `_throttle`: when requests are sent while the service throttles (429): all calls of a client wait together.
- `_connections`: how many connections there are and how long they are kept; proxies, certificates; what close does.
- `_lending`: which connection a request of httpx's asynchronous transport gets.

What came of it

- `_outcome`: whether a call was not sent or its outcome is unknown, on one principle; the messages of these errors.
- `_trace`: how far a request came; what the caller's authentication sends besides.
- `_stream`: how sockets keep the deadline; how much of a response body is read, and how it is decompressed.
- `_decode`: charsets, strict JSON (no name twice in an object), and the error in a body, whatever shape it has.
- `_redact`: what counts as a secret and is taken out of messages and logs; how much of a response a message shows.
"""
