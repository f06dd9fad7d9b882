"""The rules, one file per family. A rule reads like the paper's algorithm; everything else is derived from it."""
