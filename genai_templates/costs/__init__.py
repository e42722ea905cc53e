"""What a stack costs, and how long its users wait: by a dated list of prices and by simulation."""
