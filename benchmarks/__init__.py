"""How fast the client and the mock are, beside their peers: `make bench`."""
