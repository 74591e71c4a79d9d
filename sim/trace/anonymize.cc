// `trace anonymize`: what a trace says of its origin is taken out, what a replay needs stays.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <unordered_set>

#include "core/check.h"
#include "core/error.h"
#include "core/text.h"
#include "skyreplay/trace.h"
#include "trace/import.h"
#include "trace/reader.h"
#include "trace/row_copy.h"
#include "trace/writer.h"

namespace skyreplay {
namespace {

using namespace trace;

/// Fewer could be found by trying.
constexpr std::size_t kLeastKeyBytes = 16;
/// Of the 32 that HMAC-SHA256 gives: two of a million routes are alike once in 10^17 traces.
constexpr std::size_t kNameBytes = 12;

/// What of a route's attributes says how it behaved and not whose it was: numbers and AWS's words.
bool stays(std::string_view attribute) {
  return attribute == "trigger" || attribute == "memory_scope" ||
         attribute.starts_with("memory_used_") || attribute.starts_with("duration_");
}

std::string key_of(const AnonymizeOptions& options) {
  if (options.key.empty() == options.key_file.empty()) {
    throw InputError("trace anonymize: give a secret key by either --key or --key-file");
  }
  std::string key = options.key;
  if (key.empty()) {
    std::ifstream file(options.key_file, std::ios::binary);
    if (!file) throw MachineError(options.key_file.string() + ": cannot open the key");
    key.assign(std::istreambuf_iterator<char>(file), {});
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  }
  if (key.size() >= kLeastKeyBytes) return key;
  throw InputError(fmt::format("the key has {} bytes; fewer than {} could be found by trying",
                               key.size(), kLeastKeyBytes));
}

/// "route-" and 24 digits that only who has the key can make from the name.
std::string hidden(const std::string& key, const std::string& name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  SKY_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text, name.size(),
                 digest.data(), &size) != nullptr);
  SKY_CHECK(size >= kNameBytes);
  std::string hex = "route-";
  for (std::size_t i = 0; i < kNameBytes; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

/// How far the trace moves so that its span begins at `start`; not at all where that is empty.
Duration shift_of(const std::string& start, const TraceInfo& info) {
  if (start.empty()) return Duration{};
  TimePoint wanted;
  if (!parse_rfc3339(start, wanted)) {
    throw InputError(
        fmt::format("--start: '{}' is no time from 1970 on, such as 2026-01-05T00:00:00Z", start));
  }
  if (info.end - info.start > kLastArrival - wanted) {
    throw InputError(fmt::format("--start {}: the trace would end beyond the year 2261", start));
  }
  return wanted - info.start;
}

/// A step of the trace's past without its arguments, which name files, paths and columns.
ProvenanceStep anonymous(const ProvenanceStep& step) {
  ProvenanceStep kept{.tool = step.tool, .drawn = step.drawn, .dropped = step.dropped};
  for (const std::string& measured : step.measured) {
    kept.measured.push_back(measured.substr(0, measured.find(':')));
  }
  return kept;
}

class Anonymizing {
 public:
  explicit Anonymizing(const AnonymizeOptions& options)
      : reader_(options.input),
        info_(reader_.info()),
        key_(key_of(options)),
        shift_(shift_of(options.start, info_)),
        moves_(!options.start.empty()),
        writer_(options.output, moves_ ? info_.start + shift_ : info_.origin, info_.durations) {}

  TraceWritten run() {
    for (const Route& route : info_.routes) add(route);
    for (Batch batch = reader_.next(); batch.size > 0; batch = reader_.next()) {
      for (std::size_t i = 0; i < batch.size; ++i) {
        Row row = row_of(reader_, batch, i);
        row.arrival += shift_;
        row.bytes_in = row.bytes_out = 0;
        writer_.add(row);
      }
    }
    writer_.set_span(info_.start + shift_, info_.end + shift_);
    for (const ProvenanceStep& step : info_.provenance) writer_.add_provenance(anonymous(step));
    writer_.add_provenance(this_step());
    const TraceInfo written = writer_.commit();
    return {
        .rows = written.rows, .start = written.start, .end = written.end, .digest = written.digest};
  }

 private:
  void add(const Route& from) {
    Route route = from;
    route.name = hidden(key_, from.name);
    if (!names_.insert(route.name).second) {
      throw InputError("two routes get one name under this key; choose another key");
    }
    attributes_ +=
        std::erase_if(route.attributes, [](const auto& each) { return !stays(each.first); });
    writer_.add_route(std::move(route));
  }

  ProvenanceStep this_step() const {
    ProvenanceStep step{.tool = "anonymize"};
    step.arguments.emplace_back("routes", "HMAC-SHA256 of their names under a key");
    if (moves_) step.arguments.emplace_back("start", to_rfc3339(info_.start + shift_));
    if (attributes_ > 0) step.dropped.emplace_back("attributes of routes", attributes_);
    if (info_.has_bytes) step.dropped.emplace_back("bytes of requests", info_.rows);
    return step;
  }

  Reader reader_;
  const TraceInfo& info_;
  std::string key_;
  Duration shift_;
  bool moves_;
  Writer writer_;
  std::unordered_set<std::string> names_;  ///< looked up, never walked through
  std::uint64_t attributes_ = 0;           ///< taken out
};

}  // namespace

TraceWritten anonymize_trace(const AnonymizeOptions& options) { return Anonymizing(options).run(); }

}  // namespace skyreplay
