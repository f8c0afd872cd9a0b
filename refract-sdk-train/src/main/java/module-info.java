/** T5 on the JVM: checkpoints, data sets, teacher forcing, evaluation and generation. */
module io.refract.train {
  requires transitive io.refract.core;
  requires ai.djl.api;
  requires ai.djl.pytorch_engine;
  requires ai.djl.tokenizers;
  requires com.google.common;
  requires com.google.gson;
  requires java.net.http;
  requires transitive java.sql;
  requires jdk.management;
  requires org.apache.commons.csv;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.refract.train;
  exports io.refract.train.callback;
  exports io.refract.train.checkpoint;
  exports io.refract.train.data;
  exports io.refract.train.device;
  exports io.refract.train.evaluation;
  exports io.refract.train.generation;
  exports io.refract.train.hub;
  exports io.refract.train.lora;
  exports io.refract.train.metric;
  exports io.refract.train.optim;
  exports io.refract.train.pretrain;
  exports io.refract.train.report;
  exports io.refract.train.t5;
  exports io.refract.train.tokenization;

  provides io.refract.scoring.ScorerProvider with
      io.refract.train.t5.T5ScorerProvider;
}
