"""What the generated client promises, asked over real sockets."""
