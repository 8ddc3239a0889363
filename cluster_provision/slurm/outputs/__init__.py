"""What programs and files on the machines say, typed. What can't be understood is said so, and is never zero."""
