"""The artifact bucket: what stacks are made from, published, and marked when no stack uses it any more."""
