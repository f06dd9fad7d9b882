"""One file a framework: an `Adapter` that makes of its optimizers what the protocol of arrays asks for."""
