/** Low-rank adapters (LoRA): their settings, and the description file that {@code peft} shares. */
@NullMarked
package io.refract.train.lora;

import org.jspecify.annotations.NullMarked;
