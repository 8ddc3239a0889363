"""CLOUD=existing: machines that exist already, reached by SSH."""
