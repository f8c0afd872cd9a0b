package io.refract.train.kernel;

/**
 * The text of an encoder and decoder for scoring: one call for all layers.
 *
 * <p>Weights come as lists. The encoder's list of packed weights has four for each layer: queries,
 * keys and values joined; attention's output; feed-forward in (with the gate joined below it);
 * feed-forward out. The decoder's has six for each: the first two as above, queries and output of
 * cross-attention, and the last two as above; after the layers, keys and values of the
 * cross-attention of all layers joined, and the output layer. The lists of gains have one for each
 * norm, in the order of computing.
 *
 * <p>The cache holds keys and values of all tokens so far for all layers: 2 layers x rows x heads x
 * capacity x width. The memory holds those of the encoder's states: 2 layers x sources x heads x
 * source length x width. Several rows in a row may look at one source, so that the beams of a
 * search do not need copies of it.
 */
final class ScoringScript {

  private static final String TEXT =
      """
        def pack(self, parts: List[Tensor]) -> List[$TYPE]:
          if torch.eq(torch.len(parts), 1):
            w = parts[0]
          else:
            w = torch.cat(parts)
          return [$PACKED]
        def extend(self, all: List[$TYPE], more: List[$TYPE]) -> None:
          torch.extend(all, more)
          return None
        def linear(self, x: Tensor, w: $TYPE) -> Tensor:
          return $PRODUCT
        def product_of_first(self, x: Tensor, w: List[$TYPE]) -> Tensor:
          return self.linear(x, w[0])
        def norm(self, x: Tensor, gain: Tensor) -> Tensor:
          return torch.rms_norm(x, [torch.size(x, -1)], gain, $EPSILON)
        def feed_forward(self, x: Tensor, wi: $TYPE, wo: $TYPE) -> Tensor:
          h = self.linear(x, wi)
      $GATE    return self.linear(h, wo)
        def encode(self, ids: Tensor, table: Tensor, bias: Tensor, w: List[$TYPE], g: List[Tensor]) -> Tensor:
          x = torch.embedding(table, ids)
          shape = [torch.size(ids, 0), torch.size(ids, 1), 3, $HEADS, $WIDTH]
          for i in range($ENCODER_LAYERS):
            h = self.norm(x, g[2 * i])
            qkv = torch.permute(torch.view(self.linear(h, w[4 * i]), shape), [2, 0, 3, 1, 4])
            a = torch.scaled_dot_product_attention(torch.select(qkv, 0, 0), torch.select(qkv, 0, 1), torch.select(qkv, 0, 2), bias, 0., False, scale=1.)
            x = torch.add_(x, self.linear(torch.flatten(torch.transpose(a, 1, 2), 2), w[4 * i + 1]))
            h = self.norm(x, g[2 * i + 1])
            x = torch.add_(x, self.feed_forward(h, w[4 * i + 2], w[4 * i + 3]))
          return self.norm(x, g[2 * $ENCODER_LAYERS])
        def memory(self, states: Tensor, w: List[$TYPE]) -> Tensor:
          shape = [torch.size(states, 0), torch.size(states, 1), 2 * $DECODER_LAYERS, $HEADS, $WIDTH]
          kv = torch.view(self.linear(states, w[6 * $DECODER_LAYERS]), shape)
          return torch.contiguous(torch.permute(kv, [2, 0, 3, 1, 4]))
        def room(self, cache: Tensor, rows: int, capacity: int) -> Tensor:
          if torch.eq(torch.numel(cache), 0):
            used = 0
          else:
            used = torch.size(cache, 3)
          result = torch.zeros([2 * $DECODER_LAYERS, rows, $HEADS, capacity, $WIDTH], dtype=6, device=ops.prim.device(cache))
          if torch.gt(used, 0):
            _0 = torch.copy_(torch.narrow(result, 3, 0, used), cache)
          return result
        def select(self, all: Tensor, rows: Tensor) -> Tensor:
          return torch.index_select(all, 1, rows)
        def select_mask(self, all: Tensor, rows: Tensor) -> Tensor:
          return torch.index_select(all, 0, rows)
        def attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
          s = torch.add_(torch.matmul(q, torch.transpose(k, 2, 3)), bias)
          return torch.matmul(torch.softmax(s, -1), v)
        def step(self, ids: Tensor, table: Tensor, cache: Tensor, memory: Tensor, mask: Tensor, bias: Tensor, w: List[$TYPE], g: List[Tensor], position: int) -> Tensor:
          x = torch.embedding(table, ids)
          rows = torch.size(x, 0)
          sources = torch.size(memory, 1)
          for i in range($DECODER_LAYERS):
            h = self.norm(x, g[3 * i])
            qkv = torch.view(self.linear(h, w[6 * i]), [rows, 3, $HEADS, 1, $WIDTH])
            kv = torch.narrow(cache, 0, 2 * i, 2)
            _0 = torch.copy_(torch.narrow(kv, 3, position, 1), torch.transpose(torch.narrow(qkv, 1, 1, 2), 0, 1))
            seen = torch.narrow(kv, 3, 0, position + 1)
            a = self.attend(torch.select(qkv, 1, 0), torch.select(seen, 0, 0), torch.select(seen, 0, 1), bias)
            x = torch.add_(x, self.linear(torch.reshape(a, [rows, -1]), w[6 * i + 1]))
            h = self.norm(x, g[3 * i + 1])
            q = torch.transpose(torch.view(self.linear(h, w[6 * i + 2]), [sources, -1, $HEADS, $WIDTH]), 1, 2)
            a = self.attend(q, torch.select(memory, 0, 2 * i), torch.select(memory, 0, 2 * i + 1), mask)
            x = torch.add_(x, self.linear(torch.reshape(torch.transpose(a, 1, 2), [rows, -1]), w[6 * i + 3]))
            h = self.norm(x, g[3 * i + 2])
            x = torch.add_(x, self.feed_forward(h, w[6 * i + 4], w[6 * i + 5]))
          return self.linear(torch.mul(self.norm(x, g[3 * $DECODER_LAYERS]), $SCALE), w[6 * $DECODER_LAYERS + 1])
      """;

  private ScoringScript() {}

  static Script of(ScoringShape shape, Packing packing) {
    String gate =
        shape.gated()
            ? """
                  f = torch.floordiv(torch.size(h, -1), 2)
                  h = torch.mul(%s, torch.narrow(h, -1, f, f))
              """
                .formatted(Activations.of(shape.activation(), "torch.narrow(h, -1, 0, f)"))
            : "    h = %s\n".formatted(Activations.of(shape.activation(), "h"));
    return new Script(
        "scoring",
        TEXT.replace("$TYPE", packing.type())
            .replace("$PACKED", packing.packed())
            .replace("$PRODUCT", packing.product())
            .replace("$GATE", gate)
            .replace("$EPSILON", Double.toString(shape.epsilon()))
            .replace("$SCALE", Double.toString(shape.outputScale()))
            .replace("$ENCODER_LAYERS", Integer.toString(shape.encoderLayers()))
            .replace("$DECODER_LAYERS", Integer.toString(shape.decoderLayers()))
            .replace("$HEADS", Integer.toString(shape.heads()))
            .replace("$WIDTH", Integer.toString(shape.headWidth())));
  }
}
