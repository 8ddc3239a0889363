"""Cloud Storage: buckets and objects, with preconditions that hold."""
