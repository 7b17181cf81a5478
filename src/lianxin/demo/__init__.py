"""Demo: the generated city, mounted only in demo homes."""
