"""The engine: rules, laws, oracle with error budget, candidates, worker pool, command line."""
