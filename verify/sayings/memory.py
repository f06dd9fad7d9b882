"""What is said of memory."""

from lawful.verify.laws.memory import (
    adam_of_70_billion_takes_700,
    eight_bit_adam_keeps_two_codes,
    mixed_precision_takes_16_bytes,
    state_per_parameter,
)
from lawful.verify.theory.ledger import Saying, Truth

adam_keeps_two_numbers = Saying(
    "Adam keeps two numbers for each parameter.",
    Truth.TRUE,
    "In the format of the parameter: 8 bytes in float32, 4 in bfloat16.",
    laws=[state_per_parameter],
)

adam_state_is_always_8_bytes = Saying(
    "Adam's state takes 8 bytes for each parameter, whatever its precision.",
    Truth.FALSE,
    "In torch states take the parameter's format; in mixed precision with master weights it is 12 with "
    "them, 16 in all.",
    laws=[state_per_parameter, mixed_precision_takes_16_bytes],
    said=["https://saurabhiit2007.github.io/LLM-Training-Hub/optimization/memory_efficient_optimizers/"],
)

seventy_billion_take_420 = Saying(
    "A model of 70 billion parameters takes 140 GB of weights and 280 GB of Adam's state in float32: 420 GB.",
    Truth.FALSE,
    "The state takes 560 GB, all together 700. 280 GB is one of the two moments.",
    laws=[adam_of_70_billion_takes_700],
)

some_need_less = Saying(
    "Adafactor, CAME, Lion and 8-bit Adam need less memory than Adam.",
    Truth.TRUE,
    "One number for each parameter, or the row and column means of a matrix, or a little over two bytes.",
    laws=[state_per_parameter, eight_bit_adam_keeps_two_codes],
)
