"""What a template asks the person who deploys it: a module for each group of the console's form."""
