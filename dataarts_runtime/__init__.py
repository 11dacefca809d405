"""What a generated client stands on: schemas that check, operations, the client that sends them, and its errors.

Nothing here depends on an API: a generated package declares its models and operations with what these modules offer.

- `types`: UNSET, and the response of an operation;
- `errors`: the exceptions of a call;
- `schema`: JSON Schemas that check, load and dump values;
- `formats`: JSON Schemas of dates, times and UUIDs;
- `models`: what models made with attrs have in common;
- `operation`: an operation with its parameters, request body and responses;
- `client`: the client's options, and their checks;
- `aiohttp`: a transport for asynchronous calls, with an extra;
- `servers`: URLs of servers, with variables in them.
"""
