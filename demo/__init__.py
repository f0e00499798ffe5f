"""A campus information system for trials, in a country of its own: it reaches the portal by HTTP and by nothing else."""
