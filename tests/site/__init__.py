"""What belongs to no room."""
