"""What people tell the engine: decisions about alerts, withdrawals, changes of method."""
