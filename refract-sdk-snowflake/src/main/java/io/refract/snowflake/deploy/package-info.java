/** Deployment of a registered model as a function in Snowflake. */
@NullMarked
package io.refract.snowflake.deploy;

import org.jspecify.annotations.NullMarked;
