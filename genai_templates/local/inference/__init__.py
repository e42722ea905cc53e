"""Backends of the model endpoints: the stand-in, a server, or an endpoint of the user's account."""
