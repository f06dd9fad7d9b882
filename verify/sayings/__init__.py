"""Claims that are commonly made about optimizers, theme by theme."""
