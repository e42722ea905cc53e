"""What ``make bench`` measures: a module for each part of the table, and two that they share."""
