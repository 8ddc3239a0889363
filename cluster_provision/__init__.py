"""One env file in, a proven GPU cluster out."""

__version__ = "0.1.0"
