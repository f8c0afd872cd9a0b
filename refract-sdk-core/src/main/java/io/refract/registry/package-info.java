/**
 * The model registry: immutable, numbered versions of models together with their score functions,
 * their lifecycle stages, approvals and aliases, and the audit log of all changes. {@link
 * io.refract.registry.ModelRegistry} is the entry.
 */
@NullMarked
package io.refract.registry;

import org.jspecify.annotations.NullMarked;
