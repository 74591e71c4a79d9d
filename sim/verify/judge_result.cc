#include "verify/judge_result.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "replay/result_reader.h"
#include "report/human.h"
#include "sweep/court.h"
#include "sweep/human_value.h"
#include "sweep/spans.h"
#include "verify/explain.h"

namespace skyreplay::verify {
namespace {

using check::Expectation;
using check::Judgement;

constexpr std::size_t kMaxMessage = 600;

[[noreturn]] void rethrow(const InputError& error, const Expectation& expectation) {
  // The names in it come from the trace.
  throw InputError(expectation.position, fmt::format("expectation '{}': {}", expectation.name,
                                                     report::printable(error.what(), kMaxMessage)));
}

std::string got_text(const Expectation& expectation, const Judgement& judgement) {
  if (expectation.about == Expectation::About::kActivity) {
    return judgement.came ? "the first came at " + to_rfc3339(*judgement.came) : "none came";
  }
  if (!judgement.known) return "nothing to measure";
  if (expectation.about == Expectation::About::kDirectionChanges) {
    return fmt::format("{:.3f} an hour, {} in all", static_cast<double>(judgement.value) / 1e9,
                       grouped(judgement.changes));
  }
  return sweep::human_value(judgement.value, expectation.requirement.unit);
}

std::string when_text(const Expectation& expectation, const Judgement& judgement) {
  if (!expectation.requirement.is_timed() && expectation.about == Expectation::About::kMetric) {
    return "the whole run";
  }
  if (!judgement.known) return "";
  std::string text = span_text(judgement.from, judgement.to);
  if (expectation.requirement.each && judgement.failed > 0) {
    text += fmt::format(", the first of {} that fail, of {} buckets", grouped(judgement.failed),
                        grouped(judgement.buckets));
  } else if (expectation.requirement.each) {
    text += fmt::format(", the nearest to failing of {} buckets", grouped(judgement.buckets));
  }
  return text;
}

}  // namespace

std::vector<ExpectationChecked> judge_result(const std::filesystem::path& result,
                                             const std::vector<Expectation>& expectations) {
  replay::ResultReader reader(result);
  const replay::Summary summary = reader.summary();
  const check::Span whole = sweep::span_of(reader.header(), summary);
  sweep::Court court(
      [&](std::size_t i, const InputError& error) { rethrow(error, expectations[i]); });
  for (const Expectation& expectation : expectations) {
    court.add([&] {
      return check::judge_of(expectation, whole, reader.header().start, reader.header().end);
    });
  }
  court.hear(reader);
  const std::vector<Judgement> judgements = court.finish();
  std::vector<ExpectationChecked> checked;
  for (std::size_t i = 0; i < expectations.size(); ++i) {
    const Expectation& expectation = expectations[i];
    const Judgement& judgement = judgements[i];
    checked.push_back({.name = expectation.name,
                       .position = to_string(expectation.position),
                       .holds = judgement.holds,
                       .expected = expectation.text,
                       .got = got_text(expectation, judgement),
                       .when = when_text(expectation, judgement),
                       .because = judgement.holds ? "" : explain(result, expectation, judgement)});
  }
  return checked;
}

}  // namespace skyreplay::verify
