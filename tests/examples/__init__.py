"""What several tests share: implementations, right and wrong, and how they are run and asked about."""
