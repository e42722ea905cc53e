"""How a stack is: its state, its model, its alarms, and what it costs."""
