"""The chain as we read it; nothing here signs."""
