#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "trace/import.h"
#include "trace/json_cells.h"
#include "trace/mapped_rows.h"
#include "trace/text_time.h"

/// nginx's access log in JSON. Its log_format is free: of the usual names, those of the first line
/// are a mapping, which --map overrides. docs/traces.md lists them.

namespace skyreplay::trace {
namespace {

/// What stands for a field, where the first line has all of `needs`: the first that does.
struct Usual {
  std::string_view field;
  std::vector<std::string> needs;
  std::string_view source;  ///< "": the name and the unit that its value shows
};

const std::vector<Usual>& usual_names() {
  static const std::vector<Usual> table{
      {"end", {"msec"}, "msec:s"},
      {"end", {"time_iso8601"}, "time_iso8601:iso"},
      {"end", {"time_local"}, "time_local:clf"},
      {"end", {"time"}, ""},
      {"end", {"timestamp"}, ""},
      {"end", {"@timestamp"}, ""},
      {"duration", {"request_time"}, "request_time:s"},
      {"route", {"request"}, "request"},
      {"route", {"request_method", "request_uri"}, "request_method,request_uri"},
      {"route", {"request_method", "uri"}, "request_method,uri"},
      {"route", {"method", "request_uri"}, "method,request_uri"},
      {"route", {"method", "uri"}, "method,uri"},
      {"route", {"method", "path"}, "method,path"},
      {"status", {"status"}, "status"},
      {"bytes_out", {"bytes_sent"}, "bytes_sent"},
      {"bytes_out", {"sent"}, "sent"},
      {"bytes_out", {"body_bytes_sent"}, "body_bytes_sent"},
      {"bytes_in", {"request_length"}, "request_length"},
  };
  return table;
}

/// Names that no other logs use: one of them must be there.
constexpr std::array<std::string_view, 6> kTelling{
    "time_local", "time_iso8601", "msec", "body_bytes_sent", "bytes_sent", "request_time"};

/// The first line of a log, as far as its names are known.
class FirstLine {
 public:
  explicit FirstLine(std::string_view head) {
    for (const Usual& usual : usual_names()) {
      for (const std::string& name : usual.needs) enter(name);
    }
    const std::size_t begin = std::min(head.find('{'), head.size());
    head.remove_prefix(begin);
    JsonCells cells(columns_);
    if (!cells.read(head.substr(0, std::min(head.find_first_of("\r\n"), head.size())), 1)) return;
    for (const MappedCell& cell : cells.cells()) {
      values_.push_back(cell.column > 0 ? std::optional<std::string>(cell.text) : std::nullopt);
    }
  }

  std::optional<std::string> value(std::string_view name) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (columns_[i].name == name) return values_[i];
    }
    return std::nullopt;
  }
  bool has(const std::vector<std::string>& names) const {
    return std::all_of(names.begin(), names.end(),
                       [this](const std::string& name) { return value(name).has_value(); });
  }

 private:
  void enter(const std::string& name) {
    const bool known = std::any_of(columns_.begin(), columns_.end(),
                                   [&](const auto& column) { return column.name == name; });
    if (!known) columns_.push_back({name, {name}});
  }

  std::vector<FieldMapping::Column> columns_;
  std::vector<std::optional<std::string>> values_;  ///< by column; none: all are absent
};

/// A text in any spelling, or Unix time: in milliseconds where that is what its length says.
std::string with_unit(const std::string& name, const std::string& value) {
  const std::size_t digits = value.find_first_not_of("0123456789");
  if (digits == 0 || (digits != std::string::npos && value[digits] != '.')) return name;
  return name + (std::min(digits, value.size()) < 12 ? ":s" : ":ms");
}

std::vector<std::string> usual_mapping(std::string_view head) {
  const FirstLine line(head);
  std::vector<std::string> mapping;
  std::vector<std::string_view> found;
  for (const Usual& usual : usual_names()) {
    if (std::find(found.begin(), found.end(), usual.field) != found.end()) continue;
    if (!line.has(usual.needs)) continue;
    const std::string source = usual.source.empty()
                                   ? with_unit(usual.needs[0], *line.value(usual.needs[0]))
                                   : std::string(usual.source);
    mapping.push_back(std::string(usual.field) + "=" + source);
    found.push_back(usual.field);
  }
  return mapping;
}

bool maps(const std::vector<std::string>& mapping, std::string_view field) {
  return std::any_of(mapping.begin(), mapping.end(), [&](const std::string& entry) {
    return std::string_view(entry).substr(0, entry.find('=')) == field;
  });
}

}  // namespace

bool recognizes_nginx_json(std::string_view head) {
  if (!recognizes_jsonl(head)) return false;
  const FirstLine line(head);
  const std::vector<std::string> mapping = usual_mapping(head);
  return maps(mapping, "end") && maps(mapping, "route") && maps(mapping, "status") &&
         std::any_of(kTelling.begin(), kTelling.end(),
                     [&](std::string_view name) { return line.value(name).has_value(); });
}

void import_nginx_json(ImportJob& job) {
  const auto telling = std::find_if(job.inputs.begin(), job.inputs.end(),
                                    [](TextInput& input) { return !input.peek().empty(); });
  std::vector<std::string> usual;
  if (telling != job.inputs.end()) usual = usual_mapping(telling->peek());
  const FieldMapping mapping(usual, job.options.mapping);
  JsonCells cells(mapping.columns());
  const bool own_route = maps(job.options.mapping, "route");
  MappedRows rows(job, mapping,
                  own_route ? MappedRows::Routes::kTemplates : MappedRows::Routes::kRequests,
                  MappedRows::Switching::kWebSocket);
  for (TextInput& input : job.inputs) read_json_lines(std::move(input), cells, job, rows);
  rows.finish();
}

}  // namespace skyreplay::trace
