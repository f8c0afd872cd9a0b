package io.refract.train;

import io.refract.train.kernel.Bf16;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.util.ArrayList;
import java.util.List;

/** Makes what the {@link TrainingLoop} trains from what the trainer was told. */
final class ReplicaFactory {

  private ReplicaFactory() {}

  /** Returns the model and its copies on other devices. */
  static Replicas of(TrainingTask task) {
    T5Network network = T5Access.trainable(task.model());
    TeacherForced first = teacherForced(task, network);
    List<T5Network> copies = new ArrayList<>();
    try {
      task.replicas().forEach(device -> copies.add(network.copyTo(device)));
      return Replicas.of(first, copies.stream().map(copy -> teacherForced(task, copy)).toList());
    } catch (RuntimeException | Error e) {
      // A device that has no room for its copy must not leave those of the others behind.
      copies.forEach(copy -> copy.manager().close());
      throw e;
    }
  }

  private static TeacherForced teacherForced(TrainingTask task, T5Network network) {
    TrainingConfig config = task.config();
    TrainingConfig.Computation computation = config.computation();
    if (computation.precision() == Precision.BF16 && !Bf16.isAvailable()) {
      throw new TrainingException(
          "Cannot train in bf16: PyTorch on this platform does not load the SDK's kernels; the log"
              + " says why. Choose precision(Precision.FP32).");
    }
    Execution execution =
        new Execution(
            computation.precision() == Precision.BF16, computation.gradientCheckpointing());
    return TeacherForced.of(
        network.with(execution),
        config.dropout().orElse(task.model().config().dropoutRate()),
        config.objective(),
        computation.freezeEncoder() ? FrozenParameters.ENCODER : FrozenParameters.NONE);
  }
}
