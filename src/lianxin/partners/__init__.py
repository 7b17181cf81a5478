"""Partners: supporting shops, hospitals, lines and sites."""
