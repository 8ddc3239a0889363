"""Agreements to an image's terms. Source: internal/services/compute/marketplace_agreement_resource.go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialect import Failed
from ..mapping import found_at
from . import ids, wording
from .api import ApiError
from .lifecycle import Lifecycle

if TYPE_CHECKING:
    from ..mapping import Values


class MarketplaceAgreement(Lifecycle):
    """The terms are always there; the resource is that they are accepted."""

    def create(self, planned: Values) -> Values:
        names = self.names(planned)
        identifier = ids.made(self.row.id, names)
        terms = self._terms(identifier, None)
        if terms is None:
            raise Failed(f"retrieving {ids.described(self.row.noun, identifier)}: terms were not found", None)
        if found_at(terms, "properties.accepted") and not self.account.features.skips_import_check:
            raise Failed(wording.exists(self.kind, identifier), None)
        body = {**terms, "properties": {**terms.get("properties", {}), "accepted": True}}
        try:
            self.api.call("PUT", self.address(identifier), self.row.version, body)
        except ApiError as refused:
            what = ids.described(self.row.noun, identifier)
            raise Failed(f"accepting Terms for {what}: {refused}", None) from None
        return self.reread({**self.known(names), "id": identifier})

    def answer(self, identifier: str, state: Values | None) -> Values | None:
        terms = self._terms(identifier, state)
        return terms if found_at(terms, "properties.accepted") else None

    def remove(self, identifier: str, state: Values) -> None:
        try:
            self.api.call("POST", f"{identifier}/cancel", self.row.version)
        except ApiError as refused:
            what = ids.described(self.row.noun, identifier)
            raise Failed(f"cancelling agreement for {what}: {refused}", state) from None

    def address(self, identifier: str) -> str:
        """Where the terms lie."""
        parts = ids.parts(self.row.id, identifier)
        return ids.made(self.row.item, parts)

    def _terms(self, identifier: str, state: Values | None) -> Values | None:
        try:
            return self.get(self.address(identifier))
        except ApiError as refused:
            if refused.status == 404:
                return None
            what = ids.described(self.row.noun, identifier)
            raise Failed(f"retrieving {what}: {refused}", state) from None
