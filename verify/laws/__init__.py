"""The laws, one file per theme. A law reads like its theorem; its kind knows how to prove it."""
