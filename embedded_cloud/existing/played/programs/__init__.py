"""The programs of a machine that is played: what each would say, and what it would change in the machine's folder."""
