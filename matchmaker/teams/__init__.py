"""Solver teams and what they can do, with proof.

Words: *team* – people of one or more organisations who solve problems; *capability profile* – what
they solve, with which technology, shown by *past projects* and *certificates*; *capacity* – PoCs
they can run at a time. Above organisations, below proposals and matching.
"""
