"""Storage accounts and their blobs."""
