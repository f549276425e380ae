"""What it costs and brings to read two texts together instead of one by one."""
