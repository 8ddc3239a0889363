"""What makes machines a Slurm cluster, as pure functions: facts, configuration, and the plan of each machine."""
