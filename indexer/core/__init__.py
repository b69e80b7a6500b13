"""Frozen formats: bytes in, bytes out. A change here can break the verification of what is already anchored."""
