/**
 * Models of the Hugging Face hub, in the cache that Hugging Face's own tools use.
 *
 * <pre>{@code
 * Path directory = ModelHub.ofEnvironment().model("google-t5/t5-small").download();
 * }</pre>
 *
 * <p>Sources: {@code docs/hub/local-cache.md} of {@code huggingface/hub-docs} for the layout of the
 * cache; {@code constants.py}, {@code file_download.py} and {@code utils/_http.py} of {@code
 * huggingface_hub} 0.36.2 for variables, headers and error codes.
 */
@NullMarked
package io.refract.train.hub;

import org.jspecify.annotations.NullMarked;
