"""The second prover: exact numbers in place of symbols. It shares no code with the first."""
