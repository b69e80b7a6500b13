"""The check: folders are libraries the gateway may import, files are programs it may not."""
