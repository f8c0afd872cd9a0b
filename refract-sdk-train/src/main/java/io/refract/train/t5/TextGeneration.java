package io.refract.train.t5;

import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.GeneratedPiece;
import io.refract.train.generation.GeneratedText;
import io.refract.train.generation.GenerationListener;
import io.refract.train.generation.GenerationResult;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.HypothesisTexts;
import io.refract.train.generation.internal.SearchObserver;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.TextPieces;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** One run of a {@link TextGenerator}. */
final class TextGeneration {

  private final T5Model model;
  private final String prefix;
  private final GenerationSettings settings;
  private final List<GenerationListener> listeners;
  private final AtomicBoolean cancelled;

  TextGeneration(
      T5Model model,
      String prefix,
      GenerationSettings settings,
      List<GenerationListener> listeners,
      AtomicBoolean cancelled) {
    this.model = model;
    this.prefix = prefix;
    this.settings = settings;
    this.listeners = List.copyOf(listeners);
    this.cancelled = cancelled;
  }

  /** Generates. */
  GenerationResult run(List<String> inputs) {
    List<String> prefixed = inputs.stream().map(prefix::concat).toList();
    return model.searching(search -> run(search, prefixed));
  }

  private GenerationResult run(ModelSearch search, List<String> inputs) {
    T5Tokenizer tokenizer = search.tokenizer();
    SearchRequest request = search.request(settings, true, new Observer(tokenizer));
    List<int[]> sources = tokenizer.encodeAll(inputs, settings.maxSourceTokens());
    List<List<Hypothesis>> found = search.search(sources, settings, request);
    List<GeneratedText> texts = new ArrayList<>();
    List<Integer> unfinished = new ArrayList<>();
    for (int input = 0; input < found.size(); input++) {
      List<Hypothesis> hypotheses = found.get(input);
      if (hypotheses.isEmpty()) {
        unfinished.add(input);
      }
      List<String> decoded = HypothesisTexts.of(tokenizer, request.labels(), hypotheses);
      for (int i = 0; i < hypotheses.size(); i++) {
        texts.add(text(input, i, decoded.get(i), hypotheses.get(i)));
      }
    }
    return new GenerationResult(texts, unfinished);
  }

  private static GeneratedText text(int input, int sequence, String text, Hypothesis hypothesis) {
    return new GeneratedText(
        input,
        sequence,
        text,
        hypothesis.tokens().asList(),
        hypothesis.score(),
        hypothesis.logProbabilities().asList());
  }

  /** Passes tokens on, with what they add to their text. */
  private final class Observer implements SearchObserver {

    private final T5Tokenizer tokenizer;
    private final Map<Sequence, TextPieces> pieces = new HashMap<>();

    private record Sequence(int input, int number) {}

    private Observer(T5Tokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    @Override
    public boolean cancelled() {
      return cancelled.get();
    }

    @Override
    public boolean wantsTokens() {
      return !listeners.isEmpty();
    }

    @Override
    public void token(int source, int sequence, int token, boolean last) {
      if (listeners.isEmpty()) {
        return;
      }
      Sequence key = new Sequence(source, sequence);
      String text = pieces.computeIfAbsent(key, k -> new TextPieces(tokenizer)).next(token, last);
      if (last) {
        pieces.remove(key);
      }
      GeneratedPiece piece = new GeneratedPiece(source, sequence, token, text, last);
      listeners.forEach(listener -> listener.onPiece(piece));
    }
  }
}
