"""How much does a masked language model know with few labels or none?"""
