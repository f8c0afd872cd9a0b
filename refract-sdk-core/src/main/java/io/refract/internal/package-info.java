/** What the SDK's modules share and nobody else sees. */
@NullMarked
package io.refract.internal;

import org.jspecify.annotations.NullMarked;
