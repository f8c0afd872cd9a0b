/** What the packages of this module share and nobody else sees. */
@NullMarked
package io.refract.internal;

import org.jspecify.annotations.NullMarked;
