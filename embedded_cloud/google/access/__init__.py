"""Identities and permissions on Google Cloud: service accounts, policies, projects."""
