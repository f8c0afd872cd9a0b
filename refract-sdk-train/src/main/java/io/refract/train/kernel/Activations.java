package io.refract.train.kernel;

/** The activations of feed-forward layers, as expressions of a script. */
final class Activations {

  private Activations() {}

  /** Returns the expression for an activation, by its name in a configuration, of {@code x}. */
  static String of(String name, String x) {
    return switch (name) {
      case "relu" -> "torch.relu(" + x + ")";
      case "gelu" -> "torch.gelu(" + x + ")";
      case "gelu_new", "gelu_pytorch_tanh" -> "torch.gelu(" + x + ", approximate=\"tanh\")";
      case "silu", "swish" -> "torch.silu(" + x + ")";
      case "tanh" -> "torch.tanh(" + x + ")";
      case "sigmoid" -> "torch.sigmoid(" + x + ")";
      default -> throw new IllegalArgumentException("unknown activation '" + name + "'");
    };
  }
}
