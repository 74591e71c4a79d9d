#include "trace/json_cells.h"

// Every failure is a code here, and what asks for an exception does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "trace/line_reader.h"

namespace skyreplay::trace {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

/// The names that are looked for, as a tree: where a path ends stands its column.
struct Name {
  std::string text;
  std::size_t column = kNoColumn;
  std::vector<Name> below;
};

void enter(std::vector<Name>& names, std::span<const std::string> path, std::size_t column) {
  auto found = std::find_if(names.begin(), names.end(),
                            [&](const Name& name) { return name.text == path.front(); });
  if (found == names.end()) found = names.insert(names.end(), Name{path.front(), kNoColumn, {}});
  if (path.size() == 1) {
    found->column = column;
  } else {
    enter(found->below, path.subspan(1), column);
  }
}

std::string_view without_blanks_behind(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_at_end(ondemand::document& document) {
  const char* place = nullptr;
  return document.current_location().get(place) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

struct JsonCells::State {
  std::vector<Name> names;
  std::vector<MappedCell> cells;
  ondemand::parser parser;
  std::vector<char> padded;  ///< the object, with the room behind it that simdjson asks for
  std::uint32_t line = 0;
  std::string bad_reason;
  std::uint32_t bad_column = 0;

  bool read(std::string_view object);
  simdjson::error_code read_object(ondemand::object object, const std::vector<Name>& names);
  simdjson::error_code read_value(ondemand::value value, const Name& name);
  simdjson::error_code take(ondemand::value& value, ondemand::json_type type, MappedCell& cell);
};

simdjson::error_code JsonCells::State::take(ondemand::value& value, ondemand::json_type type,
                                            MappedCell& cell) {
  const std::string_view token = value.raw_json_token();
  cell.line = line;
  cell.column = static_cast<std::uint32_t>(token.data() - padded.data()) + 1;
  switch (type) {
    case ondemand::json_type::string:
      return value.get_string().get(cell.text);
    case ondemand::json_type::null:
      cell.text = {};
      return without_blanks_behind(token) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    case ondemand::json_type::boolean: {
      bool truth = false;
      cell.text = without_blanks_behind(token);
      return value.get_bool().get(truth);
    }
    case ondemand::json_type::number:
      cell.text = without_blanks_behind(token);
      return simdjson::SUCCESS;
    case ondemand::json_type::array:
    case ondemand::json_type::object:
      break;
  }
  bad_reason = "a mapped value is an object or a list";
  bad_column = cell.column;
  return simdjson::INCORRECT_TYPE;
}

simdjson::error_code JsonCells::State::read_value(ondemand::value value, const Name& name) {
  ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return error;
  if (type == ondemand::json_type::object && !name.below.empty()) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    return read_object(object, name.below);
  }
  return name.column == kNoColumn ? simdjson::SUCCESS : take(value, type, cells[name.column]);
}

simdjson::error_code JsonCells::State::read_object(ondemand::object object,
                                                   const std::vector<Name>& looked_for) {
  for (auto entry : object) {
    ondemand::field field;
    if (const auto error = std::move(entry).get(field)) return error;
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return error;
    for (const Name& name : looked_for) {
      if (name.text != key) continue;
      if (const auto error = read_value(field.value(), name)) return error;
      break;
    }
  }
  return simdjson::SUCCESS;
}

bool JsonCells::State::read(std::string_view object) {
  std::fill(cells.begin(), cells.end(), MappedCell{{}, line, 0});
  bad_reason.clear();
  bad_column = 0;
  if (padded.size() < object.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(2 * object.size() + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(padded.data(), object.data(), object.size());
  ondemand::document document;
  ondemand::object whole;
  auto error = parser.iterate(padded.data(), object.size(), padded.size()).get(document);
  const bool has_place = !error;  // a document that was never begun has none
  if (!error) error = document.get_object().get(whole);
  if (!error) error = read_object(whole, names);
  if (!error && !is_at_end(document)) error = simdjson::TRAILING_CONTENT;
  if (!error) return true;
  if (bad_reason.empty()) {
    const char* place = nullptr;
    if (has_place && !document.current_location().get(place)) {
      bad_column = static_cast<std::uint32_t>(place - padded.data()) + 1;
    }
    bad_reason = std::string("the line is no JSON object (") + simdjson::error_message(error) + ")";
  }
  return false;
}

JsonCells::JsonCells(const std::vector<FieldMapping::Column>& columns)
    : state_(std::make_unique<State>()) {
  for (std::size_t i = 0; i < columns.size(); ++i) enter(state_->names, columns[i].path, i);
  state_->cells.resize(columns.size());
}
JsonCells::~JsonCells() = default;

bool JsonCells::read(std::string_view object, std::uint32_t line) {
  state_->line = line;
  return state_->read(object);
}
std::span<const MappedCell> JsonCells::cells() const { return state_->cells; }
const std::string& JsonCells::bad_reason() const { return state_->bad_reason; }
std::uint32_t JsonCells::bad_column() const { return state_->bad_column; }

void read_json_lines(TextInput input, JsonCells& cells, ImportJob& job, MappedRows& rows) {
  LineReader reader(std::move(input));
  for (auto outcome = reader.next(); outcome != LineReader::Outcome::kEnd;
       outcome = reader.next()) {
    if (outcome == LineReader::Outcome::kBad) {
      job.bad.add(reader.position(0), reader.bad_reason());
    } else if (!cells.read(reader.line(), reader.number())) {
      job.bad.add(reader.position(cells.bad_column()), cells.bad_reason());
    } else {
      rows.add({reader.name(), cells.cells()});
    }
  }
}

}  // namespace skyreplay::trace
