"""What is said of memory."""

from lawful.verify.laws.memory import (
    adam_of_70_billion_takes_700,
    adam_triples_memory_in_one_format,
    came_keeps_an_average_and_four_factors,
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
    "In torch states take the parameter's format; in mixed precision with master weights it is 12 with them, 16 in "
    "all.",
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
    Truth.QUALIFIED,
    "For a large matrix: Lion one number for each parameter, Adafactor row and column means alone, CAME an average and "
    "four such factors, 8-bit Adam two bytes. Of a 2 by 2 matrix CAME keeps three numbers, more than Adam.",
    laws=[state_per_parameter, eight_bit_adam_keeps_two_codes, came_keeps_an_average_and_four_factors],
)

adam_takes_twice_or_three_times_the_model = Saying(
    "Adam takes twice, or three times, the memory of the model.",
    Truth.QUALIFIED,
    "Its state is twice the weights and both three times, where both have one format. With float32 state beside 16-bit "
    "weights it is four and five times, and eight in mixed precision with gradients and master weights.",
    laws=[adam_triples_memory_in_one_format, mixed_precision_takes_16_bytes],
)
