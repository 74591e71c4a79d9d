#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "trace/spans.h"

namespace skyreplay::trace {

/// Reads spans out of JSON (simdjson On-Demand): one ResourceSpans of OTLP, or one trace of Jaeger.
class SpanJson {
 public:
  SpanJson();
  ~SpanJson();
  SpanJson(const SpanJson&) = delete;
  SpanJson& operator=(const SpanJson&) = delete;

  /// Adds the spans of an object to `spans`; what is none counts in `bad`. `position` is the
  /// object's.
  void read_otlp(std::string_view object, const SourcePosition& position, SpanSorter& spans,
                 BadRows& bad);
  void read_jaeger(std::string_view object, const SourcePosition& position, SpanSorter& spans,
                   BadRows& bad);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::trace
