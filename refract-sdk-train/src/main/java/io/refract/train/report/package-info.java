/**
 * The report of a training as one HTML file; {@link io.refract.train.report.TrainingReport} is the
 * entry.
 */
@NullMarked
package io.refract.train.report;

import org.jspecify.annotations.NullMarked;
