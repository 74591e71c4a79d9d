#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace skyreplay::trace {

/// What of a request `--map FIELD=SOURCE` can give.
enum class MappedField : std::uint8_t {
  kStart,
  kEnd,
  kDuration,
  kWork,
  kWait,
  kInit,
  kBytesIn,
  kBytesOut,
  kStatus,
  kMemoryUsed,
  kRoute,
  kCount
};
std::string_view to_string(MappedField field);

/// Which columns of a table, or values of JSON objects, make up which field of a request.
///
/// A source names columns; a backslash takes its meaning from one of `: + , . \` in a name.
/// - start, end: COLUMN[:s|ms|us|ns|iso|clf]; without a unit a text in either spelling.
/// - duration, work, wait, init: a sum of terms COLUMN[:FACTOR] and constant durations, where a
///   factor is a unit or what one of the column's counts takes (`ContextTokens:0.1ms`); a column
///   without one holds durations such as 12.5ms.
/// - bytes_in, bytes_out, status: COLUMN. memory_used: COLUMN[:B|KiB|MiB|GiB] (MiB).
/// - route: COLUMN,COLUMN...: joined by blanks.
class FieldMapping {
 public:
  /// A column of the input, at every mention of it the same index of columns().
  struct Column {
    std::string name;               ///< escapes removed
    std::vector<std::string> path;  ///< the same, parted at the dots that are not escaped
  };
  enum class TimeText : std::uint8_t { kEither, kIso, kCommonLog, kNumber };
  struct Term {
    std::size_t column = 0;      ///< unused for a constant
    std::int64_t factor_ns = 0;  ///< 0: the column holds durations with units; else of one count
    bool constant = false;       ///< factor_ns by itself
  };
  struct Source {
    std::vector<Term> terms;  ///< but for durations only the columns count
    TimeText time = TimeText::kEither;
    std::int64_t unit = 1;  ///< of a time in numbers: ns; of memory: bytes
    std::string text;       ///< as it was spelled
  };

  /// Both lists are of FIELD=SOURCE; `chosen` replaces what `defaults` say of the same field (start
  /// and end, duration and work stand for one). Throws InputError naming --map and the entry.
  FieldMapping(const std::vector<std::string>& defaults, const std::vector<std::string>& chosen);

  const std::vector<Column>& columns() const { return columns_; }
  bool has(MappedField field) const { return !(*this)[field].text.empty(); }
  const Source& operator[](MappedField field) const {
    return sources_[static_cast<std::size_t>(field)];
  }
  /// Whether the field is a plain column, and not made up of several or by a factor.
  bool is_measured(MappedField field) const;

 private:
  void take(const std::string& entry, bool chosen);
  void replace(MappedField field, bool chosen, const std::string& entry);
  void drop(MappedField field) { sources_[static_cast<std::size_t>(field)] = {}; }
  std::size_t column(std::string_view escaped);
  void check() const;

  std::vector<Column> columns_;
  std::array<Source, static_cast<std::size_t>(MappedField::kCount)> sources_;
  std::array<bool, static_cast<std::size_t>(MappedField::kCount)> chosen_{};
};

}  // namespace skyreplay::trace
