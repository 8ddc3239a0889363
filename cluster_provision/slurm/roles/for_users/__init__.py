"""What users find on the machines: a word at login, examples of jobs, programs."""
