"""The errors that keep an embedded cloud from doing its work."""

from __future__ import annotations


class CloudError(Exception):
    """This machine can't run the cloud: no Azurite, a container engine that refuses, addresses that are taken.

    `message` says what is wrong, `advice` what to do next.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
