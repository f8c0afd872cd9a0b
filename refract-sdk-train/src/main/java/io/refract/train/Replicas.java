package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.t5.internal.GradMode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A model and its copies on other devices. Each takes batches of its own; then the gradients of all
 * are added to the first, which is updated, and its weights are copied to the others.
 *
 * <p>One thread gives all devices their work; devices other than a CPU compute on their own
 * meanwhile.
 */
final class Replicas implements AutoCloseable {

  private final List<TeacherForced> models;

  private Replicas(List<TeacherForced> models) {
    this.models = List.copyOf(models);
  }

  /** Returns a model alone. */
  static Replicas of(TeacherForced model) {
    return new Replicas(List.of(model));
  }

  /**
   * Returns a model with its copies.
   *
   * @param model the model
   * @param copies networks with parameters of their own, which are closed with this object
   */
  static Replicas of(TeacherForced model, List<TeacherForced> copies) {
    List<TeacherForced> all = new ArrayList<>();
    all.add(model);
    for (TeacherForced copy : copies) {
      checkArgument(
          copy.parameters().keySet().equals(model.parameters().keySet()),
          "a replica must have the parameters of the model");
      all.add(copy);
    }
    return new Replicas(all);
  }

  TeacherForced first() {
    return models.get(0);
  }

  TeacherForced get(int index) {
    return models.get(index);
  }

  int count() {
    return models.size();
  }

  void requireGradients(boolean required) {
    for (TeacherForced model : models) {
      model.parameters().values().forEach(p -> p.setRequiresGradient(required));
    }
  }

  void clearGradients() {
    models.forEach(model -> Gradients.clear(model.parameters().values()));
  }

  /** Adds the gradients of all copies to those of the first model. */
  void addGradientsToFirst() {
    forEachCopy(
        (own, other) -> {
          try (NDManager scope = own.getManager().newSubManager();
              NDArray sum = ((PtNDArray) own).getGradient();
              NDArray gradient = ((PtNDArray) other).getGradient()) {
            sum.addi(on(own.getDevice(), gradient, scope));
          }
        });
  }

  /** Gives all copies the weights of the first model. */
  void copyWeightsFromFirst() {
    forEachCopy(
        (own, other) -> {
          try (NDManager scope = other.getManager().newSubManager()) {
            other.set(new NDIndex(":"), on(other.getDevice(), own, scope));
          }
        });
  }

  /** Returns an array itself when it is on the device already. */
  private static NDArray on(Device device, NDArray array, NDManager scope) {
    if (array.getDevice().equals(device)) {
      return array;
    }
    NDArray moved = array.toDevice(device, true);
    moved.attach(scope);
    return moved;
  }

  private interface Transfer {
    void between(NDArray own, NDArray other);
  }

  private void forEachCopy(Transfer transfer) {
    GradMode.off(
        () -> {
          for (TeacherForced copy : models.subList(1, models.size())) {
            Iterator<NDArray> others = copy.parameters().values().iterator();
            first().parameters().values().forEach(own -> transfer.between(own, others.next()));
          }
          return models;
        });
  }

  /** Frees the copies; the first model stays. */
  @Override
  public void close() {
    models.subList(1, models.size()).forEach(copy -> copy.manager().close());
  }
}
