package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.refract.train.lora.LoraTargets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Names, shapes and first values of the parameters of a T5, as in Hugging Face checkpoints. */
final class T5Parameters {

  static final String SHARED = "shared.weight";
  static final String OUTPUT = "lm_head.weight";

  private static final String WEIGHT = ".weight";

  private T5Parameters() {}

  /**
   * A parameter.
   *
   * @param name its name in the checkpoint
   * @param shape its shape
   * @param deviation the standard deviation of its first values, or {@link #CONSTANT}
   */
  record Specification(String name, Shape shape, double deviation) {

    /** Marks the gains of the norms, which all start as the initializer factor. */
    static final double CONSTANT = -1;
  }

  /**
   * Returns the parameters in the order of Hugging Face's {@code named_parameters()}.
   *
   * <p>Source of the standard deviations: {@code _init_weights} of {@code modeling_t5.py} in {@code
   * huggingface/transformers}, which follows Mesh TensorFlow.
   */
  static List<Specification> of(T5Config config) {
    List<Specification> all = new ArrayList<>();
    double factor = config.initializerFactor();
    all.add(new Specification(SHARED, new Shape(config.vocabSize(), config.dModel()), factor));
    addStack(all, "encoder", config.numLayers(), config);
    addStack(all, "decoder", config.numDecoderLayers(), config);
    if (!config.tieWordEmbeddings()) {
      all.add(new Specification(OUTPUT, new Shape(config.vocabSize(), config.dModel()), factor));
    }
    return all;
  }

  private static void addStack(List<Specification> all, String stack, int layers, T5Config config) {
    boolean decoder = stack.equals("decoder");
    for (int i = 0; i < layers; i++) {
      String block = stack + ".block." + i;
      addAttention(all, block + ".layer.0.SelfAttention", config);
      if (i == 0) {
        Shape shape = new Shape(config.relativeAttentionNumBuckets(), config.numHeads());
        all.add(
            new Specification(
                block + ".layer.0.SelfAttention.relative_attention_bias.weight",
                shape,
                deviation(config, config.dModel())));
      }
      addNorm(all, block + ".layer.0.layer_norm.weight", config);
      if (decoder) {
        addAttention(all, block + ".layer.1.EncDecAttention", config);
        addNorm(all, block + ".layer.1.layer_norm.weight", config);
      }
      addFeedForward(all, block + (decoder ? ".layer.2" : ".layer.1"), config);
    }
    addNorm(all, stack + ".final_layer_norm.weight", config);
  }

  private static void addAttention(List<Specification> all, String name, T5Config config) {
    int model = config.dModel();
    int inner = config.innerDimension();
    Shape in = new Shape(inner, model);
    double ofInput = deviation(config, model);
    all.add(
        new Specification(
            name + ".q.weight", in, deviation(config, (double) model * config.dKv())));
    all.add(new Specification(name + ".k.weight", in, ofInput));
    all.add(new Specification(name + ".v.weight", in, ofInput));
    all.add(
        new Specification(name + ".o.weight", new Shape(model, inner), deviation(config, inner)));
  }

  private static void addFeedForward(List<Specification> all, String layer, T5Config config) {
    Shape in = new Shape(config.dFf(), config.dModel());
    double ofInput = deviation(config, config.dModel());
    String name = layer + ".DenseReluDense";
    if (config.gated()) {
      all.add(new Specification(name + ".wi_0.weight", in, ofInput));
      all.add(new Specification(name + ".wi_1.weight", in, ofInput));
    } else {
      all.add(new Specification(name + ".wi.weight", in, ofInput));
    }
    all.add(
        new Specification(
            name + ".wo.weight",
            new Shape(config.dModel(), config.dFf()),
            deviation(config, config.dFf())));
    addNorm(all, layer + ".layer_norm.weight", config);
  }

  private static void addNorm(List<Specification> all, String name, T5Config config) {
    all.add(new Specification(name, new Shape(config.dModel()), Specification.CONSTANT));
  }

  private static double deviation(T5Config config, double fanIn) {
    return config.initializerFactor() / Math.sqrt(fanIn);
  }

  /** Returns the name of a module's weight. */
  static String weightOf(String module) {
    return module + WEIGHT;
  }

  /** Returns the paths of the linear layers inside the blocks, in the order of the parameters. */
  static List<String> linearModules(Collection<String> parameters) {
    return parameters.stream()
        .filter(name -> name.endsWith(WEIGHT))
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .filter(module -> LoraTargets.LINEAR_LAYERS.contains(lastPart(module)))
        .toList();
  }

  /** Returns the last parts of those paths, each once. */
  static List<String> linearNames(Collection<String> parameters) {
    return linearModules(parameters).stream().map(T5Parameters::lastPart).distinct().toList();
  }

  private static String lastPart(String module) {
    return module.substring(module.lastIndexOf('.') + 1);
  }

  /** Returns a parameter that must be there. */
  static NDArray get(Map<String, NDArray> parameters, String name) {
    NDArray parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("there is no parameter '" + name + "'");
    }
    return parameter;
  }
}
