"""Tells whether a change of the contract breaks users of the client that was generated before.

`python scripts/check_breaking.py` compares two OpenAPI documents, the old one and the new one, in four ways:

- by rule: every difference of the documents, and what it means for requests and for responses (`_operations`,
  `_schemas`);
- in Python: the names and signatures of the two generated clients (`_python`);
- by sample: old requests under the new document, and responses of each under the other (`_samples`);
- at the mock: the old client against a mock of the new document, and the new client against one of the old (`_mocks`).

The rules name what changed. The other three are a second opinion: what they find is added to the difference that
explains it, or reported on its own where no rule does.
"""
