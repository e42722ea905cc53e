"""Who answers for a model endpoint, and how: the stand-in, a server, or an endpoint of the user's account."""
