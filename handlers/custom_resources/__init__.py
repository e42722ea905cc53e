"""The functions behind the stacks' custom resources."""
