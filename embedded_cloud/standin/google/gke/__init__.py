"""Google Kubernetes Engine: clusters and node pools, and how its operations differ from the other APIs'."""
