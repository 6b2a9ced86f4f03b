"""What pages and endpoints over several floors show."""
