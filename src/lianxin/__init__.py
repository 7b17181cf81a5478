"""连心: mutual support between civilians and the armed forces, from policy to a published number."""
