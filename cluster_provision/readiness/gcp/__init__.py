"""Waits for what only Google Cloud's machines have: notebooks behind a proxy, and the ops agent."""
