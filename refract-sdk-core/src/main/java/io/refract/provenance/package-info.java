/**
 * Where a model comes from: its data, its base checkpoint, how and on what machine it was trained,
 * and who approved it. {@link io.refract.provenance.Provenance} is the entry.
 */
@NullMarked
package io.refract.provenance;

import org.jspecify.annotations.NullMarked;
