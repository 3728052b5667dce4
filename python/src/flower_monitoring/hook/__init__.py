"""What watches a Flower process from within: stdlib only, and never in the way of training.

`boot` starts it at the start of every Python process of the environment; everything else is
imported only once a module of Flower's is.
"""
