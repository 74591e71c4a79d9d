#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/field_mapping.h"
#include "trace/mapped_rows.h"

namespace skyreplay::trace {

/// Takes the values of a mapping's columns out of JSON objects (simdjson On-Demand, which looks no
/// closer at what is passed over than it must). A text is given unescaped, a number and a boolean
/// as written, null as nothing; of a name that occurs twice the last value counts. Cost O(object);
/// allocates nothing once warm.
class JsonCells {
 public:
  explicit JsonCells(const std::vector<FieldMapping::Column>& columns);
  ~JsonCells();
  JsonCells(const JsonCells&) = delete;
  JsonCells& operator=(const JsonCells&) = delete;

  /// False where `object` is none: see bad_reason(). `line` is its number, for the cells.
  bool read(std::string_view object, std::uint32_t line);
  /// By column, valid until the next read().
  std::span<const MappedCell> cells() const;
  /// In few words that do not depend on the object.
  const std::string& bad_reason() const;
  /// Where it is bad, in bytes from 1; 0: as a whole.
  std::uint32_t bad_column() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Adds the objects of an input, one a line; what is none counts among the bad rows.
void read_json_lines(TextInput input, JsonCells& cells, ImportJob& job, MappedRows& rows);

}  // namespace skyreplay::trace
