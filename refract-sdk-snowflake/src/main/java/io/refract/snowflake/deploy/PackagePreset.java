package io.refract.snowflake.deploy;

import com.google.common.collect.ImmutableList;
import io.refract.snowflake.function.ArtifactRepository;
import java.util.List;

/**
 * A Python version with packages that are known to work together.
 *
 * @param repository where the packages come from
 * @param runtimeVersion the Python version, for example {@code 3.12}
 * @param packages the packages with their versions
 */
public record PackagePreset(
    ArtifactRepository repository, String runtimeVersion, List<String> packages) {

  /** PyPI packages for Python 3.11 and 3.12, all versions exact; the default. */
  public static final PackagePreset PYPI =
      new PackagePreset(
          ArtifactRepository.PYPI,
          "3.12",
          ImmutableList.of(
              "transformers==4.57.6",
              "torch==2.13.0",
              "tokenizers==0.22.2",
              "safetensors==0.8.0",
              "numpy==2.4.6",
              "pandas==2.3.3"));

  /**
   * Packages of Snowflake's Anaconda channel in the versions that Snowflake's own
   * snowflake-ml-python is tested with; those without a version have no such record.
   */
  public static final PackagePreset ANACONDA =
      new PackagePreset(
          ArtifactRepository.ANACONDA,
          "3.11",
          ImmutableList.of(
              "transformers==4.41.2",
              "pytorch==2.5.1",
              "tokenizers==0.19.1",
              "safetensors",
              "numpy",
              "pandas"));

  /** Copies the packages. */
  public PackagePreset {
    packages = ImmutableList.copyOf(packages);
  }

  /** Returns this preset with another Python version. */
  public PackagePreset withRuntimeVersion(String value) {
    return new PackagePreset(repository, value, packages);
  }
}
