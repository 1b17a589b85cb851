"""Code for Benchmarks/bench, instructions and plot; uses only Python's standard library."""
