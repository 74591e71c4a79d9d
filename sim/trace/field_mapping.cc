#include "trace/field_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/utf8.h"

namespace skyreplay::trace {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(MappedField::kCount)> kNames{
    "start",    "end",       "duration", "work",        "wait", "init",
    "bytes_in", "bytes_out", "status",   "memory_used", "route"};
constexpr std::size_t kMostTerms = 16;
/// Beyond it a number times a factor is no plausible duration; parse_scaled() takes no more.
constexpr Duration kLargestFactor = std::chrono::hours(24);

struct Unit {
  std::string_view name;
  std::int64_t size;
};
constexpr std::array<Unit, 4> kTimeUnits{
    {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
constexpr std::array<Unit, 4> kMemoryUnits{
    {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};

std::optional<std::int64_t> size_of(const std::array<Unit, 4>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.size;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view entry, std::string_view why) {
  throw InputError(fmt::format("--map '{}': {}", entry, why));
}

/// The parts between the separators that no backslash precedes, escapes left as they are.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == separator) {
      parts.push_back(text.substr(from, at - from));
      from = at + 1;
    }
  }
  parts.push_back(text.substr(std::min(from, text.size())));
  return parts;
}

std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    plain += text[at];
  }
  return plain;
}

/// COLUMN[:UNIT]
struct Named {
  std::string_view column;
  std::string_view unit;  ///< empty: none
};

Named named(std::string_view entry, std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() > 2 || parts[0].empty() || (parts.size() == 2 && parts[1].empty())) {
    refuse(entry, fmt::format("'{}' is no COLUMN or COLUMN:UNIT (a ':' in a name is '\\:')", text));
  }
  return {parts[0], parts.size() == 2 ? parts[1] : std::string_view()};
}

MappedField field_named(std::string_view entry, const std::string& name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<MappedField>(found - kNames.begin());
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  refuse(entry, fmt::format("unknown field '{}'{} (there are {})", name, did_you_mean(name, names),
                            fmt::join(kNames, ", ")));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_time(MappedField field) {
  return field == MappedField::kStart || field == MappedField::kEnd;
}
bool is_duration(MappedField field) {
  return field >= MappedField::kDuration && field <= MappedField::kInit;
}

void take_time_unit(std::string_view entry, std::string_view unit, FieldMapping::Source& source) {
  using TimeText = FieldMapping::TimeText;
  if (unit.empty()) return;
  if (unit == "iso" || unit == "clf") {
    source.time = unit == "iso" ? TimeText::kIso : TimeText::kCommonLog;
  } else if (const auto size = size_of(kTimeUnits, unit)) {
    source.time = TimeText::kNumber;
    source.unit = *size;
  } else {
    refuse(entry, fmt::format("'{}' is none of s, ms, us, ns, iso, clf", unit));
  }
}

std::int64_t factor_of(std::string_view entry, std::string_view text) {
  if (const auto size = size_of(kTimeUnits, text)) return *size;
  Duration factor{};
  if (!parse_duration(text, factor) || factor <= Duration{0} || factor > kLargestFactor) {
    refuse(entry, fmt::format("'{}' is neither s, ms, us, ns nor a duration of at most a day, such "
                              "as 0.1ms",
                              text));
  }
  return factor.count();
}

}  // namespace

std::string_view to_string(MappedField field) { return kNames[static_cast<std::size_t>(field)]; }

FieldMapping::FieldMapping(const std::vector<std::string>& defaults,
                           const std::vector<std::string>& chosen) {
  for (const std::string& entry : defaults) take(entry, false);
  for (const std::string& entry : chosen) take(entry, true);
  check();
}

std::size_t FieldMapping::column(std::string_view escaped) {
  const std::string name = without_escapes(escaped);
  std::vector<std::string> path;
  for (const std::string_view part : split(escaped, '.')) path.push_back(without_escapes(part));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name && columns_[i].path == path) return i;
  }
  columns_.push_back({name, path});
  return columns_.size() - 1;
}

void FieldMapping::replace(MappedField field, bool chosen, const std::string& entry) {
  const auto index = static_cast<std::size_t>(field);
  if (chosen_[index]) refuse(entry, fmt::format("{} is given twice", kNames[index]));
  chosen_[index] = chosen;
  drop(field);
  if (!chosen) return;
  const auto drop_default = [this](MappedField other) {
    if (!chosen_[static_cast<std::size_t>(other)]) drop(other);
  };
  if (field == MappedField::kStart) drop_default(MappedField::kEnd);
  if (field == MappedField::kEnd) drop_default(MappedField::kStart);
  if (field == MappedField::kDuration) drop_default(MappedField::kWork);
  if (field == MappedField::kWork) drop_default(MappedField::kDuration);
}

void FieldMapping::take(const std::string& entry, bool chosen) {
  if (!is_utf8(entry)) throw InputError("--map '" + printable(entry) + "': is no UTF-8");
  const std::size_t equals = entry.find('=');
  if (equals == std::string::npos || equals + 1 == entry.size()) {
    refuse(entry, "expected FIELD=COLUMN, such as start=timestamp:ms");
  }
  const MappedField field = field_named(entry, entry.substr(0, equals));
  replace(field, chosen, entry);
  Source source;
  source.text = entry.substr(equals + 1);
  const bool is_route = field == MappedField::kRoute;
  const char separator = is_route ? ',' : '+';
  std::vector<std::string_view> parts{source.text};
  if (is_route || is_duration(field)) parts = split(source.text, separator);
  if (parts.size() > kMostTerms) refuse(entry, "more than 16 parts");
  for (const std::string_view part : parts) {
    Duration constant{};
    if (is_duration(field) && parse_duration(part, constant)) {
      if (constant > kLargestFactor) refuse(entry, fmt::format("'{}' is above a day", part));
      source.terms.push_back({0, constant.count(), true});
      continue;
    }
    const auto [name, unit] = named(entry, part);
    Term term{column(name), 0, false};
    if (is_time(field)) {
      take_time_unit(entry, unit, source);
    } else if (is_duration(field)) {
      if (!unit.empty()) term.factor_ns = factor_of(entry, unit);
    } else if (field == MappedField::kMemoryUsed) {
      const auto size = size_of(kMemoryUnits, unit.empty() ? "MiB" : unit);
      if (!size) refuse(entry, fmt::format("'{}' is none of B, KiB, MiB, GiB", unit));
      source.unit = *size;
    } else if (!unit.empty()) {
      refuse(entry, fmt::format("{} takes no unit (a ':' in a name is '\\:')", to_string(field)));
    }
    source.terms.push_back(term);
  }
  sources_[static_cast<std::size_t>(field)] = source;
}

void FieldMapping::check() const {
  const auto both = [this](MappedField a, MappedField b) { return has(a) && has(b); };
  if (!has(MappedField::kStart) && !has(MappedField::kEnd)) {
    throw InputError(
        "--map: neither start nor end is given; say which column holds the time, such as --map "
        "start=timestamp:ms");
  }
  if (both(MappedField::kStart, MappedField::kEnd) &&
      (has(MappedField::kDuration) || has(MappedField::kWork))) {
    throw InputError("--map: start, end and a duration: one of the three is too much");
  }
  if (both(MappedField::kDuration, MappedField::kWork)) {
    throw InputError("--map: give either duration or work, not both");
  }
  const bool timed = has(MappedField::kDuration) || has(MappedField::kWork) ||
                     both(MappedField::kStart, MappedField::kEnd);
  if (has(MappedField::kWait) && !timed) {
    throw InputError("--map: wait needs a duration, which it is a part of, or work, beside it");
  }
}

bool FieldMapping::is_measured(MappedField field) const {
  const Source& source = (*this)[field];
  return std::all_of(source.terms.begin(), source.terms.end(), [](const Term& term) {
    const bool unit = std::any_of(kTimeUnits.begin(), kTimeUnits.end(),
                                  [&](const Unit& known) { return known.size == term.factor_ns; });
    return !term.constant && (term.factor_ns == 0 || unit);
  });
}

}  // namespace skyreplay::trace
