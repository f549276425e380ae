"""Network definitions in pure torch, one idea a file."""
