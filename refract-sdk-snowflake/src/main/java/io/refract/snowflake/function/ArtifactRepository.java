package io.refract.snowflake.function;

import io.refract.snowflake.sql.ObjectName;

/**
 * Where Snowflake takes the packages of a Python function from. Always written into the statement,
 * because the default differs from account to account.
 *
 * @param name the name of the repository object
 */
public record ArtifactRepository(ObjectName name) {

  /** Snowflake's repository of PyPI packages; the role needs SNOWFLAKE.PYPI_REPOSITORY_USER. */
  public static final ArtifactRepository PYPI = of("snowflake.snowpark.pypi_shared_repository");

  /** Snowflake's Anaconda channel; the role needs SNOWFLAKE.ANACONDA_REPOSITORY_USER. */
  public static final ArtifactRepository ANACONDA =
      of("snowflake.snowpark.anaconda_shared_repository");

  /** Returns the repository of a name, for one that the account hosts itself. */
  public static ArtifactRepository of(String name) {
    return new ArtifactRepository(ObjectName.parse(name));
  }
}
