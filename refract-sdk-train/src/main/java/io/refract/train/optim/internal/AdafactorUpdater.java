package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.refract.train.optim.Adafactor;
import io.refract.train.t5.internal.GradMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Updates parameters in place with {@link Adafactor}; the formulas are there. */
final class AdafactorUpdater extends StatefulUpdater {

  private static final int[] LAST = {-1};
  private static final int[] LAST_BUT_ONE = {-2};

  private final Adafactor settings;
  private final List<Slot> slots;

  /**
   * One parameter with its running means.
   *
   * @param rows of the squared gradient: one per row of a matrix, or one per element of a vector
   * @param columns one per column, or null for a vector
   * @param mean of the update, or null without beta1
   */
  private record Slot(
      NDArray weight,
      NDArray rows,
      @Nullable NDArray columns,
      @Nullable NDArray mean,
      double weightDecay) {}

  AdafactorUpdater(Adafactor settings, NDManager manager, Map<String, NDArray> parameters) {
    super(new UpdaterState(manager, parameters));
    this.settings = settings;
    this.slots = allocate(() -> slots(parameters));
  }

  private List<Slot> slots(Map<String, NDArray> parameters) {
    List<Slot> all = new ArrayList<>();
    parameters.forEach((name, weight) -> all.add(slot(name, weight)));
    return all;
  }

  private Slot slot(String name, NDArray weight) {
    Shape shape = weight.getShape();
    int dimensions = shape.dimension();
    boolean factored = dimensions >= 2;
    NDArray mean =
        settings.beta1().isPresent() ? state.zeros(name, "exp_avg", weight, shape) : null;
    if (!factored) {
      NDArray squares = state.zeros(name, "exp_avg_sq", weight, shape);
      return new Slot(weight, squares, null, mean, settings.weightDecayOf(name));
    }
    Shape rows = shape.slice(0, dimensions - 1);
    Shape columns = shape.slice(0, dimensions - 2).add(shape.get(dimensions - 1));
    return new Slot(
        weight,
        state.zeros(name, "exp_avg_sq_row", weight, rows),
        state.zeros(name, "exp_avg_sq_col", weight, columns),
        mean,
        settings.weightDecayOf(name));
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    double decay = 1 - Math.pow(state.next(), settings.decayRate());
    GradMode.off(
        () -> {
          for (Slot slot : slots) {
            try (NDManager scope = state.scope()) {
              NDArray gradient = in(scope, slot.weight().getGradient()).mul(gradientScale);
              apply(slot, scope, learningRate, normalized(slot, gradient, decay));
            }
          }
          return slots;
        });
  }

  /** Returns the gradient over the root of its mean square, clipped; a new array. */
  private NDArray normalized(Slot slot, NDArray gradient, double decay) {
    NDArray squares = gradient.square().addi(settings.squareEpsilon());
    NDArray update;
    if (slot.columns() == null) {
      accumulate(slot.rows(), squares, decay);
      update = gradient.div(in(gradient.getManager(), slot.rows().sqrt()));
    } else {
      NDManager scope = gradient.getManager();
      accumulate(slot.rows(), squares.mean(LAST), decay);
      accumulate(slot.columns(), squares.mean(LAST_BUT_ONE), decay);
      NDArray size = in(scope, slot.rows().mean(LAST, true));
      NDArray rows = in(scope, slot.rows().div(size)).sqrt().expandDims(-1);
      NDArray columns = in(scope, slot.columns().sqrt()).expandDims(-2);
      update = gradient.div(rows).divi(columns);
    }
    return update.divi(rms(update).div(settings.clipThreshold()).maximum(1.0));
  }

  private static void accumulate(NDArray mean, NDArray value, double decay) {
    mean.muli(decay).addi(value.mul(1 - decay));
  }

  private void apply(Slot slot, NDManager scope, double learningRate, NDArray update) {
    NDArray weight = slot.weight();
    NDArray rate = scope.ones(new Shape(), weight.getDataType(), weight.getDevice());
    rate.muli(learningRate);
    if (settings.scaleParameter()) {
      rate.muli(in(scope, rms(weight)).maximum(settings.scaleEpsilon()));
    }
    NDArray step = update.muli(rate);
    if (slot.mean() != null) {
      double beta1 = settings.beta1().orElseThrow();
      step = slot.mean().muli(beta1).addi(step.mul(1 - beta1));
    }
    if (slot.weightDecay() > 0) {
      weight.subi(in(scope, weight.mul(rate.muli(slot.weightDecay()))));
    }
    weight.subi(step);
  }

  private static NDArray rms(NDArray x) {
    try (NDArray norm = x.norm()) {
      return norm.div(Math.sqrt((double) x.size()));
    }
  }

  /** Lets an array die with a scope: results belong to the manager of the parameter otherwise. */
  private static NDArray in(NDManager scope, NDArray array) {
    array.attach(scope);
    return array;
  }
}
