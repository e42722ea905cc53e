"""The HTTP contract of the applications: each route declared once, with its OpenAPI document and API Gateway's body."""
