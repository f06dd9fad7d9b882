"""One compiled function in place of a step's many passes over its lanes: the step is followed once and written down."""
