"""The desk of master data: what participants say products, places, materials and they themselves are."""
