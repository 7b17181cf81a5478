"""What console templates may say."""
