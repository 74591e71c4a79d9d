#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "trace/source.h"

namespace skyreplay::trace {

/// Opens a stream of requests from its beginning; any number may be open at a time.
using Opener = std::function<std::unique_ptr<Source>()>;

/// One change of a trace on its way to a run: what `trace scale` and `trace cut` write to a file,
/// and more. Rows are numbered anew.
struct Transformation {
  /// Each request is kept with this probability. What a lower one keeps, a higher one keeps too.
  struct Thin {
    double keep = 1;
    std::uint64_t seed = 1;
  };
  /// So many times the traffic: whole copies laid over each other, the last one thinned. The first
  /// is the trace itself, each other is shifted cyclically within the span. What a lower multiple
  /// has, a higher one has too.
  struct Scale {
    double by = 1;
    std::uint64_t seed = 1;
  };
  /// Every arrival, and the span, so much later (or earlier).
  struct Shift {
    Duration by{};
  };
  /// Only what arrives in [from, to) after the trace's start; the span becomes that.
  struct Cut {
    Duration from{};
    Duration to{};
  };
  /// Scale of what arrives in [from, to) after the trace's start, the rest as it is.
  struct Amplify {
    Duration from{};
    Duration to{};
    double by = 1;
    std::uint64_t seed = 1;
  };
  /// Another trace laid over this one, its start so long after this one's start; what of it would
  /// lie beyond this one's end is left out.
  struct Splice {
    Opener other;
    Duration at{};
  };

  /// A shorter trace that is like the whole: the span is divided into equal parts, of each a block
  /// of so much of it is kept, at a random place, and the blocks are put one after another.
  struct Sample {
    double share = 1;
    std::uint32_t blocks = 12;
    std::uint64_t seed = 1;
  };

  std::variant<Thin, Scale, Shift, Cut, Amplify, Splice, Sample> what;

  /// "scale by=2 seed=1": how the trace's provenance and digest name it.
  std::string text() const;
};

/// The trace after a transformation. What it yields depends on the trace and the transformation
/// alone; provenance has it as its last step, and the digest says it.
///
/// **Cost** of Scale and Amplify one stream for each copy, read twice where it is shifted. Throws
/// InputError where it makes no sense: a share or multiple that is not above 0, a span outside of
/// the trace's, an instant before 1970 or beyond the year 2262.
Opener transformed(Opener opener, const Transformation& transformation);

}  // namespace skyreplay::trace
