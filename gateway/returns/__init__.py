"""The desk of returned data: who may change what was recorded, upon whose application and whose review."""
