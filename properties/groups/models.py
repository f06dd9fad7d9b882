"""Small models in the manner of those that people train, with every kind of parameter that has been divided wrongly."""

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

WIDTH, HEADS, WORDS, LENGTH = 8, 2, 11, 6


class ScaleNorm(nn.Module):
    """A root mean square norm of the model's own, as language models have them."""

    def __init__(self, *shape: int) -> None:
        """A weight of this shape."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))


class GatedBlock(nn.Module):
    """Projections without biases, norms that are not torch's."""

    def __init__(self) -> None:
        """As large as the model is wide."""
        super().__init__()
        self.input_norm, self.post_norm = ScaleNorm(WIDTH), ScaleNorm(WIDTH)
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))
        self.gate, self.up = nn.Linear(WIDTH, 16, bias=False), nn.Linear(WIDTH, 16, bias=False)
        self.down = nn.Linear(16, WIDTH, bias=False)


class Decoder(nn.Module):
    """A language model whose output is tied to its embeddings."""

    def __init__(self) -> None:
        """Two blocks."""
        super().__init__()
        self.embed_tokens = nn.Embedding(WORDS, WIDTH)
        self.layers = nn.ModuleList([GatedBlock(), GatedBlock()])
        self.norm, self.lm_head = ScaleNorm(WIDTH), nn.Linear(WIDTH, WORDS, bias=False)
        self.lm_head.weight = self.embed_tokens.weight


class Encoder(nn.Module):
    """Embeddings of words, positions and segments; attention with biases; a head whose bias is the model's own."""

    def __init__(self) -> None:
        """One layer of torch's."""
        super().__init__()
        self.word_embeddings = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.position_embeddings, self.token_type_embeddings = (
            nn.Embedding(LENGTH, WIDTH),
            nn.Embedding(2, WIDTH),
        )
        self.LayerNorm = nn.LayerNorm(WIDTH)
        self.layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 16)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, add_bias_kv=True)
        self.decoder = nn.Linear(WIDTH, WORDS, bias=False)
        self.decoder.weight, self.bias = self.word_embeddings.weight, nn.Parameter(torch.zeros(WORDS))
        self.pooler = nn.Linear(WIDTH, 1)


class Scale(nn.Module):
    """A gain for each channel."""

    def __init__(self) -> None:
        """As large as the model is wide."""
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(WIDTH))


class Vision(nn.Module):
    """Patches, tokens, positions that the model itself exempts, windows with a table of relative positions."""

    def __init__(self) -> None:
        """One block."""
        super().__init__()
        self.patch_embed = nn.Conv2d(3, WIDTH, 4, stride=4)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.reg_token = nn.Parameter(torch.zeros(1, 3, WIDTH))
        self.pos_embed = nn.Parameter(torch.zeros(1, LENGTH, WIDTH))
        self.relative_position_bias_table = nn.Parameter(torch.zeros(9, HEADS))
        self.attention_biases = nn.Parameter(torch.zeros(HEADS, 9))
        self.logit_scale = nn.Parameter(torch.zeros(HEADS, 1, 1))
        self.qkv, self.q_bias = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Parameter(torch.zeros(WIDTH))
        self.norm1, self.ls1 = nn.LayerNorm(WIDTH), Scale()
        self.head = nn.Linear(WIDTH, 1)

    def no_weight_decay(self) -> set[str]:
        """As models of images say it."""
        return {"pos_embed", "cls_token"}


class Wrapped(nn.Module):
    """A model with exceptions of its own, inside another."""

    def __init__(self) -> None:
        """With a head beside it."""
        super().__init__()
        self.backbone, self.head = Vision(), nn.Linear(WIDTH, 5)


class Seq2Seq(nn.Module):
    """Shared embeddings, relative positions in an embedding that is a bias, a frozen part."""

    def __init__(self) -> None:
        """One layer of each."""
        super().__init__()
        self.shared = nn.Embedding(WORDS, WIDTH)
        self.encoder, self.decoder = nn.ModuleList([GatedBlock()]), nn.ModuleList([GatedBlock()])
        self.encoder_embed = self.shared
        self.relative_attention_bias = nn.Embedding(9, HEADS)
        self.final_layer_norm = ScaleNorm(WIDTH)
        self.frozen = nn.Linear(WIDTH, WIDTH).requires_grad_(False)


class Convolutional(nn.Module):
    """Norms with further dimensions, weight norm, depthwise convolutions, recurrent layers, a temperature."""

    def __init__(self) -> None:
        """One of each."""
        super().__init__()
        self.stem, self.bn = nn.Conv2d(3, WIDTH, 3, bias=False), nn.BatchNorm2d(WIDTH)
        self.depthwise, self.gn = nn.Conv2d(WIDTH, WIDTH, 1, groups=WIDTH), nn.GroupNorm(2, WIDTH)
        self.channel_norm, self.wide_norm = ScaleNorm(WIDTH, 1, 1), nn.LayerNorm((4, 4))
        self.normed = weight_norm(nn.Linear(WIDTH, WIDTH))
        self.rnn, self.temperature = nn.LSTM(WIDTH, WIDTH), nn.Parameter(torch.ones(()))
        self.act, self.inverted = nn.PReLU(WIDTH), nn.Parameter(torch.ones(WIDTH, 1))


MODELS: Mapping[str, Callable[[], nn.Module]] = {
    each.__name__: each for each in (Decoder, Encoder, Vision, Wrapped, Seq2Seq, Convolutional)
}
