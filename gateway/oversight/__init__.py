"""The desk of oversight: what does not fit in what was recorded, told to those who recorded it and to the operator."""
