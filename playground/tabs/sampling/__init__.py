"""What turns a decoder into a generator?"""
