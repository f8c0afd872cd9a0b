package io.refract.snowflake.embedded.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of one {@code ?}, as the driver encodes it.
 *
 * @param type the driver's type name: FIXED, REAL, TEXT, BOOLEAN, BINARY, DATE, TIME,
 *     TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ, ANY
 * @param values the encoded value; several when a batch is sent at once, one per row
 * @param batch whether the values are the rows of a batch
 */
public record Bind(String type, List<@Nullable String> values, boolean batch) {}
