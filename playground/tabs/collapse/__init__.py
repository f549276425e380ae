"""Why does SimSiam not collapse, and what makes it collapse?"""
