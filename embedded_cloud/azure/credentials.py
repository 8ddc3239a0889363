"""Made-up credentials: an application of Entra ID that only the embedded cloud knows."""

APPLICATION = {
    "TENANT_ID": "7e5a3c1d-0000-4000-8000-00000000a2e1",
    "CLIENT_ID": "5c1e0f7a-0000-4000-8000-00000000a2e2",
    "CLIENT_SECRET": "rehearsal~none",
}
"""By the ends of the variables' names; the tenant is the embedded cloud's own."""
