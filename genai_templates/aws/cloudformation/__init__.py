"""Stacks as CloudFormation has them: descriptions, events, change sets, and operations watched to their end."""
