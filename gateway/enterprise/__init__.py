"""The participant's own side: its key, what it signs, what it sent, and what it was promised. No gateway inside."""
