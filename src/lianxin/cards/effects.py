"""What other rooms ask of cards by name, and what cards hear from them."""
