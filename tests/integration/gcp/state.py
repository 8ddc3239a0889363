"""The blobs of the state of the cluster demo."""

from __future__ import annotations

LOCK = "demo-deployment/terraform/state/default.tflock"
STATE = "demo-deployment/terraform/state/default.tfstate"
