"""Site: settings and urls, nothing else."""
