"""Why does the decoder not stop, and what makes it stop?"""
