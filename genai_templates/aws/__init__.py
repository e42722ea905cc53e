"""Deployment to an AWS account: the only package that imports boto3 there, and not before a command needs it."""
