"""The parameters of the stacks: a module for each group of the console's form."""
