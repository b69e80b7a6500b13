"""The agreement all parties share, compiled and administered."""
