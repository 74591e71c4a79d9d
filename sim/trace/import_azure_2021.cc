#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "trace/delimited_reader.h"
#include "trace/import.h"
#include "trace/mapped_rows.h"

/// Azure Functions 2021: one call a row, with its end and its duration in seconds.

namespace skyreplay::trace {
namespace {

constexpr std::array<std::string_view, 4> kColumns{"app", "func", "end_timestamp", "duration"};
enum Column : std::size_t { kApp, kFunc, kEnd, kDuration };
constexpr std::size_t kShortHash = 8;

/// Short names of functions: the first eight digits of both hashes, or all where these are taken.
/// Memory: as many names as there may be routes.
class FunctionNames {
 public:
  explicit FunctionNames(std::size_t most) : most_(most) {}

  const std::string& name(std::string_view app, std::string_view func) {
    key_.assign(app).append(1, '/').append(func);
    if (const auto found = names_.find(key_); found != names_.end()) return found->second;
    if (names_.size() == most_) return key_;
    std::string name(app.substr(0, kShortHash));
    name.append(1, '/').append(func.substr(0, kShortHash));
    if (!taken_.insert(name).second) name = key_;
    return names_.emplace(key_, name).first->second;
  }

 private:
  std::size_t most_;
  std::string key_;
  std::unordered_map<std::string, std::string> names_;  ///< looked up, never walked through
  std::unordered_set<std::string> taken_;
};

/// Where the columns stand, in whatever order.
std::array<std::size_t, 4> read_header(DelimitedReader& reader) {
  const auto outcome = reader.next();
  std::array<std::size_t, 4> places{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto& fields = reader.fields();
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.text == kColumns[i]; });
    if (outcome != DelimitedReader::Outcome::kRecord || found == fields.end()) {
      throw InputError(
          SourcePosition{reader.name(), 1, 0},
          fmt::format("no column '{}'; expected {}", kColumns[i], fmt::join(kColumns, ",")));
    }
    places[i] = static_cast<std::size_t>(found - fields.begin());
  }
  return places;
}

class Azure2021Import {
 public:
  explicit Azure2021Import(ImportJob& job)
      : job_(job),
        mapping_({"end=end_timestamp:s", "duration=duration:s", "route=app,func"}, {}),
        rows_(job, mapping_, MappedRows::Routes::kAsWritten),
        names_(job.options.max_routes) {}

  void run() {
    for (TextInput& input : job_.inputs) read(DelimitedReader(std::move(input)));
    rows_.finish();
  }

 private:
  void read(DelimitedReader reader) {
    const std::array<std::size_t, 4> places = read_header(reader);
    const std::size_t width = reader.fields().size();
    for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::kEnd;
         outcome = reader.next()) {
      if (outcome == DelimitedReader::Outcome::kBad) {
        job_.bad.add(reader.bad_position(), reader.bad_reason());
      } else if (reader.fields().size() != width) {
        job_.bad.add(reader.position(reader.fields().back()),
                     "the row has another number of fields than the header");
      } else {
        take(reader, places);
      }
    }
  }

  void take(const DelimitedReader& reader, const std::array<std::size_t, 4>& places) {
    const auto field = [&](Column column) { return reader.fields()[places[column]]; };
    const auto cell = [&](Column column) {
      return MappedCell{field(column).text, field(column).line, field(column).column};
    };
    // In the order of the mapping's columns; the name takes the place of both hashes.
    const std::string& name = names_.name(field(kApp).text, field(kFunc).text);
    const MappedCell app = cell(kApp), func = cell(kFunc);
    const std::array<MappedCell, 4> cells{cell(kEnd), cell(kDuration), app, func};
    Route* route = rows_.add({reader.name(), cells}, name);
    if (route == nullptr || !route->attributes.empty() || route->name != name) return;
    route->attributes = {{"app", std::string(app.text)}, {"func", std::string(func.text)}};
  }

  ImportJob& job_;
  FieldMapping mapping_;
  MappedRows rows_;
  FunctionNames names_;
};

}  // namespace

bool recognizes_azure_2021(std::string_view head) {
  const std::string_view line = head.substr(0, std::min(head.find_first_of("\r\n"), head.size()));
  return line == "app,func,end_timestamp,duration";
}

void import_azure_2021(ImportJob& job) { Azure2021Import(job).run(); }

}  // namespace skyreplay::trace
