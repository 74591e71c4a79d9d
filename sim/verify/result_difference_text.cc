#include <fmt/format.h>

#include "core/atomic_file.h"
#include "core/text.h"
#include "report/human.h"
#include "report/json_writer.h"
#include "verify/result_difference.h"

namespace skyreplay::verify {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kFields = 20;
constexpr std::size_t kMaxName = 60;
constexpr std::size_t kMaxLine = 400;

std::string side_text(const char* label, const Side& side) {
  return report::wrapped(fmt::format("{}: scenario {}, seed {}, digest {}", side.folder.string(),
                                     report::printable(side.header.scenario_name, kMaxName),
                                     side.header.seed, side.digest),
                         label, 3, kWidth);
}

std::string fields_text(const std::vector<FieldChange>& fields) {
  std::string text;
  for (std::size_t i = 0; i < std::min(fields.size(), kFields); ++i) {
    const FieldChange& field = fields[i];
    text += report::wrapped(
        report::printable(fmt::format("{}: {} -> {}", field.path, field.a.value_or("not given"),
                                      field.b.value_or("not given")),
                          kMaxLine),
        "", 2, kWidth);
  }
  if (fields.size() > kFields) text += fmt::format("  and {} more\n", fields.size() - kFields);
  return text;
}

std::string inputs_text(const ResultDifference& difference) {
  std::string text;
  if (difference.fields.empty()) {
    text = "Both replayed the same scenario.\n";
  } else {
    text = fmt::format("Fields of the scenario that differ: {}\n", difference.fields.size()) +
           fields_text(difference.fields);
  }
  if (difference.a.header.trace_digest != difference.b.header.trace_digest) {
    text += "They replayed different traces.\n";
  }
  return text;
}

std::string timeline_text(const TimelineDifference& timeline) {
  if (!timeline.first) return "timeline.csv is the same.\n";
  const CellDifference& first = *timeline.first;
  std::string text =
      report::wrapped(fmt::format("First difference: {} of {} in the window from {}: {}",
                                  first.column, report::printable(first.service, kMaxName),
                                  first.window_start, change_text(first.a, first.b)),
                      "", 0, kWidth);
  text += fmt::format("Windows that differ: {} of {}\n", grouped(timeline.windows),
                      grouped(timeline.all_windows));
  for (const ColumnDifference& column : timeline.columns) {
    const CellDifference& most = column.largest;
    text += report::wrapped(fmt::format("{} cells; most in {} at {}: {}", grouped(column.cells),
                                        report::printable(most.service, kMaxName),
                                        most.window_start, change_text(most.a, most.b)),
                            "  " + column.column, 26, kWidth);
  }
  return text;
}

std::string activity_text(const ResultDifference& difference) {
  if (!difference.activity) return "activities.csv is the same.\n";
  const auto line = [](const std::string& text) {
    return text.empty() ? std::string("no more") : report::printable(text, kMaxLine);
  };
  return "First activity that differs:\n" +
         report::wrapped(line(difference.activity->first), "  A", 5, kWidth) +
         report::wrapped(line(difference.activity->second), "  B", 5, kWidth);
}

std::string effects_text(const std::vector<Effect>& effects) {
  std::string text = fmt::format("{:<24}{:>18}{:>18}{:>18}\n", "What it did", "A", "B", "B - A");
  for (const Effect& effect : effects) {
    text += fmt::format("  {:<22}{:>18}{:>18}{:>18}", effect.what, effect.a, effect.b,
                        effect.difference);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

class Document {
 public:
  explicit Document(AtomicFile& file) : json_(file) {}

  void write(const ResultDifference& difference) {
    json_.begin_object();
    json_.key("same");
    json_.boolean(difference.a.digest == difference.b.digest);
    side("a", difference.a);
    side("b", difference.b);
    json_.key("fields");
    json_.begin_array();
    for (const FieldChange& change : difference.fields) field(change);
    json_.end_array();
    json_.key("first");
    difference.timeline.first ? cell(*difference.timeline.first) : json_.null();
    json_.key("windows");
    json_.integer(difference.timeline.windows);
    json_.key("columns");
    json_.begin_array();
    for (const ColumnDifference& one : difference.timeline.columns) column(one);
    json_.end_array();
    json_.key("first_activity");
    if (difference.activity) {
      json_.begin_object();
      json_.field("a", difference.activity->first);
      json_.field("b", difference.activity->second);
      json_.end_object();
    } else {
      json_.null();
    }
    json_.key("effects");
    json_.begin_array();
    for (const Effect& one : difference.effects) effect(one);
    json_.end_array();
    json_.end_object();
    json_.finish();
  }

 private:
  void optional(const char* name, const std::optional<std::string>& value) {
    json_.key(name);
    value ? json_.string(*value) : json_.null();
  }
  void side(const char* name, const Side& side) {
    json_.key(name);
    json_.begin_object();
    json_.field("folder", side.folder.string());
    json_.field("scenario", side.header.scenario_name);
    json_.field("scenario_digest", side.header.scenario_digest);
    json_.field("trace_digest", side.header.trace_digest);
    json_.field("digest", side.digest);
    json_.end_object();
  }
  void field(const FieldChange& change) {
    json_.begin_object();
    json_.field("path", change.path);
    optional("a", change.a);
    optional("b", change.b);
    json_.end_object();
  }
  void cell(const CellDifference& cell) {
    json_.begin_object();
    json_.field("window_start", cell.window_start);
    json_.field("service", cell.service);
    json_.field("column", cell.column);
    json_.field("a", cell.a);
    json_.field("b", cell.b);
    json_.end_object();
  }
  void column(const ColumnDifference& column) {
    json_.begin_object();
    json_.field("column", column.column);
    json_.key("cells");
    json_.integer(column.cells);
    json_.key("first");
    cell(column.first);
    json_.key("largest");
    cell(column.largest);
    json_.end_object();
  }
  void effect(const Effect& effect) {
    json_.begin_object();
    json_.field("what", effect.what);
    json_.field("a", effect.a);
    json_.field("b", effect.b);
    json_.field("difference", effect.difference);
    json_.end_object();
  }

  report::JsonWriter json_;
};

}  // namespace

std::string difference_text(const ResultDifference& difference) {
  std::string text = side_text("A", difference.a) + side_text("B", difference.b);
  if (difference.a.digest == difference.b.digest) return text + "The results are the same.\n";
  return text + "\n" + inputs_text(difference) + "\n" + timeline_text(difference.timeline) + "\n" +
         activity_text(difference) + "\n" + effects_text(difference.effects);
}

void write_difference_json(const std::filesystem::path& path, const ResultDifference& difference) {
  AtomicFile file(path);
  Document(file).write(difference);
  file.commit();
}

}  // namespace skyreplay::verify
