"""What Benchmarks/bench, instructions and plot are made of; Python's standard library only."""
