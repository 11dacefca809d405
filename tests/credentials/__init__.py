"""Can a request prove who sends it? Credentials, signatures and their verification, checked by the official SDKs."""
