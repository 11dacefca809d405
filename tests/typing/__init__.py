"""What type checkers say of the client."""
