#include "trace/azure_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "trace/decimal.h"

namespace skyreplay::trace {
namespace {

using Field = DelimitedReader::Field;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kLongestNs = std::int64_t{100} * 24 * 3600 * 1'000'000'000;
constexpr std::uint64_t kMaxCount = 1'000'000'000;
/// Averages are whole milliseconds, so 0 says "less than 1 ms": taken as the middle.
constexpr Duration kBelowResolution = std::chrono::microseconds(500);

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "480", "minute_480", "480_minute": false if it is no minute of at most 7 days.
bool minute_number(std::string_view text, std::uint32_t& number) {
  constexpr std::string_view kWord = "minute";
  if (text.starts_with("minute_")) text.remove_prefix(kWord.size() + 1);
  if (text.ends_with("_minute")) text.remove_suffix(kWord.size() + 1);
  if (!all_digits(text) || text.size() > 5) return false;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number <= 7 * 1440;
}

/// The percent behind a prefix in thousandths: "percentile_Average_99" is 99,000.
bool percent_behind(std::string_view text, std::string_view prefix, std::uint32_t& thousandths) {
  if (!text.starts_with(prefix)) return false;
  std::int64_t value = 0;
  if (parse_scaled(text.substr(prefix.size()), 1000, value) != NumberError::kNone) return false;
  thousandths = static_cast<std::uint32_t>(std::min<std::int64_t>(value, 100'001));
  return value <= 100'000;
}

void name_column(AzureLayout& layout, std::string_view name, std::size_t field) {
  std::uint32_t number = 0;
  if (name == "HashOwner") {
    layout.owner = field;
  } else if (name == "HashApp") {
    layout.app = field;
  } else if (name == "HashFunction") {
    layout.function = field;
  } else if (name == "Trigger") {
    layout.trigger = field;
  } else if (name == "Average") {
    layout.average = field;
  } else if (name == "Count" || name == "SampleCount") {
    layout.count = field;
  } else if (name == "Minimum") {
    layout.minimum = field;
  } else if (name == "Maximum") {
    layout.maximum = field;
  } else if (percent_behind(name, "percentile_Average_", number) ||
             percent_behind(name, "AverageAllocatedMb_pct", number)) {
    layout.percentiles.emplace_back(number, field);
  } else if (minute_number(name, number)) {
    layout.minutes.emplace_back(number, field);
  }
}

AzureTable table_named(const std::vector<Field>& fields, const AzureLayout& layout) {
  const auto any = [&](std::string_view prefix) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const Field& field) { return field.text.starts_with(prefix); });
  };
  if (any("AverageAllocatedMb")) return AzureTable::kMemory;
  if (any("percentile_Average_") || layout.average != AzureLayout::kAbsent) {
    return AzureTable::kDurations;
  }
  if (!layout.minutes.empty()) return AzureTable::kInvocations;
  return AzureTable::kUnknown;
}

bool is_hash(std::string_view text) {
  return text.size() >= 8 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

void number_minutes(AzureLayout& layout, std::size_t first_field) {
  for (std::size_t field = first_field; field < layout.width; ++field) {
    layout.minutes.emplace_back(static_cast<std::uint32_t>(field - first_field + 1), field);
  }
}

/// The published column orders, told apart by the number of hashes and of columns.
void lay_out_without_header(const std::vector<Field>& fields, AzureLayout& layout) {
  layout.has_header = false;
  std::size_t hashes = 0;
  while (hashes < fields.size() && hashes < 3 && is_hash(fields[hashes].text)) ++hashes;
  const std::size_t width = fields.size();
  if (hashes == 3 && width > 4 && !all_digits(fields[3].text) && all_digits(fields[4].text)) {
    layout.table = AzureTable::kInvocations;
    layout.owner = 0, layout.app = 1, layout.function = 2, layout.trigger = 3;
    number_minutes(layout, 4);
  } else if (hashes == 3 && width == 14) {
    layout.table = AzureTable::kDurations;
    layout.owner = 0, layout.app = 1, layout.function = 2;
    layout.average = 3, layout.count = 4, layout.minimum = 5, layout.maximum = 6;
    constexpr std::array<std::uint32_t, 7> kPercents{0, 1, 25, 50, 75, 99, 100};
    for (std::size_t i = 0; i < 7; ++i) layout.percentiles.emplace_back(1000 * kPercents[i], 7 + i);
  } else if ((hashes == 2 && width == 12) || (hashes == 3 && width == 13)) {
    layout.table = AzureTable::kMemory;
    const std::size_t shift = hashes - 2;  // HashFunction, where it is there, stands first
    if (hashes == 3) layout.function = 0;
    layout.owner = shift, layout.app = shift + 1;
    constexpr std::array<std::uint32_t, 8> kPercents{1, 5, 25, 50, 75, 95, 99, 100};
    for (std::size_t i = 0; i < 8; ++i) {
      layout.percentiles.emplace_back(1000 * kPercents[i], shift + 4 + i);
    }
  } else if (hashes == 3 && width > 3 && all_digits(fields[3].text)) {
    layout.table = AzureTable::kInvocations;
    layout.owner = 0, layout.app = 1, layout.function = 2;
    number_minutes(layout, 3);
  }
}

}  // namespace

AzureLayout azure_layout(const std::vector<Field>& fields) {
  AzureLayout layout;
  layout.width = fields.size();
  const bool named = std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.text == "HashFunction" || field.text == "HashApp";
  });
  if (!named) {
    lay_out_without_header(fields, layout);
    return layout;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) name_column(layout, fields[i].text, i);
  std::sort(layout.percentiles.begin(), layout.percentiles.end());
  layout.table = table_named(fields, layout);
  return layout;
}

namespace {

/// One table's rows: shared checks, then what the kind of table says.
class TableReader {
 public:
  TableReader(DelimitedReader& reader, BadRows& bad, AzureData& data)
      : reader_(reader), bad_(bad), data_(data) {}

  void read() {
    auto outcome = reader_.next();
    if (outcome == DelimitedReader::Outcome::kEnd) {
      throw InputError(SourcePosition{reader_.name()}, "the file is empty");
    }
    if (outcome == DelimitedReader::Outcome::kBad) {
      throw InputError(reader_.bad_position(), reader_.bad_reason());
    }
    layout_ = azure_layout(reader_.fields());
    check_layout();
    if (layout_.has_header) outcome = reader_.next();
    for (; outcome != DelimitedReader::Outcome::kEnd; outcome = reader_.next()) {
      if (outcome == DelimitedReader::Outcome::kBad) {
        bad_.add(reader_.bad_position(), reader_.bad_reason());
      } else {
        take_row();
      }
    }
  }

 private:
  void check_layout() {
    const SourcePosition position{reader_.name(), 1, 1};
    const auto need = [&](bool there, const char* column) {
      if (!there) throw InputError(position, fmt::format("no column '{}'", column));
    };
    if (layout_.table == AzureTable::kUnknown) {
      throw InputError(position,
                       "no table of Azure Functions 2019: expected columns HashOwner, "
                       "HashApp, HashFunction and minutes, durations or memory");
    }
    need(layout_.owner != AzureLayout::kAbsent, "HashOwner");
    need(layout_.app != AzureLayout::kAbsent, "HashApp");
    const bool of_function = layout_.function != AzureLayout::kAbsent;
    if (layout_.table != AzureTable::kMemory) need(of_function, "HashFunction");
    if (layout_.table == AzureTable::kDurations) {
      need(layout_.average != AzureLayout::kAbsent, "Average");
      need(!layout_.percentiles.empty() && layout_.percentiles.front().first == 0 &&
               layout_.percentiles.back().first == 100'000,
           "percentile_Average_0 and percentile_Average_100");
      data_.has_durations = true;
    } else if (layout_.table == AzureTable::kMemory) {
      data_.has_memory = true;
    } else {
      begin_invocations(position);
    }
  }

  void begin_invocations(const SourcePosition& position) {
    if (std::exchange(data_.has_invocations, true)) {
      throw InputError(position, "a second file of invocations; one day makes one trace");
    }
    data_.has_trigger = layout_.trigger != AzureLayout::kAbsent;
    const auto [first, last] = std::minmax_element(layout_.minutes.begin(), layout_.minutes.end());
    // Columns that begin at 1 count minutes from 1; any others name the minute of the day.
    shift_ = first->first == 1 ? 1 : 0;
    data_.first_minute = first->first - shift_;
    data_.minutes.resize(last->first - first->first + 1);
    std::set<std::uint32_t> seen;
    for (const auto& [minute, field] : layout_.minutes) {
      if (!seen.insert(minute).second) {
        throw InputError(position, fmt::format("minute {} has two columns", minute));
      }
    }
  }

  std::string_view text(std::size_t field) const {
    return field < reader_.fields().size() ? reader_.fields()[field].text : std::string_view();
  }

  void wrong(std::size_t field, const std::string& reason) {
    const auto& fields = reader_.fields();
    const Field& where = fields[std::min(field, fields.size() - 1)];
    bad_.add(reader_.position(where), reason, fmt::format("'{}'", where.text.substr(0, 60)));
  }

  void take_row() {
    if (reader_.fields().size() != layout_.width) {
      return bad_.add(SourcePosition{reader_.name(), reader_.line(), 1},
                      "the row has another number of fields than the header",
                      fmt::format("{} instead of {}", reader_.fields().size(), layout_.width));
    }
    AzureKey key{std::string(text(layout_.owner)), std::string(text(layout_.app)),
                 std::string(text(layout_.function))};
    const bool of_function = layout_.function != AzureLayout::kAbsent;
    if (key.app.empty() || (of_function && key.function.empty())) {
      return wrong(of_function && key.function.empty() ? layout_.function : layout_.app,
                   "a hash is empty");
    }
    if (layout_.table == AzureTable::kDurations) take_durations(std::move(key));
    if (layout_.table == AzureTable::kMemory) take_memory(std::move(key));
    if (layout_.table == AzureTable::kInvocations) take_invocations(std::move(key));
  }

  void take_durations(AzureKey key) {
    AzureDurations row;
    std::int64_t average = 0;
    if (!milliseconds(layout_.average, average)) return;
    Distribution::Percentiles percentiles;
    for (const auto& [thousandths, field] : layout_.percentiles) {
      std::int64_t value = 0;
      if (!milliseconds(field, value)) return;
      if (!percentiles.knots.empty() && Duration{value} < percentiles.knots.back().second) {
        return wrong(field, "a percentile lies below the one before it");
      }
      percentiles.knots.emplace_back(static_cast<double>(thousandths) / 1000, Duration{value});
    }
    row.below_resolution = average == 0;
    row.law = law_of(std::move(percentiles), Duration{average});
    row.average_ms = text(layout_.average);
    row.count = text(layout_.count);
    row.minimum_ms = text(layout_.minimum);
    row.maximum_ms = text(layout_.maximum);
    if (!data_.durations.emplace(std::move(key), std::move(row)).second) {
      wrong(layout_.function, "the function has a second row of durations");
    }
  }

  bool milliseconds(std::size_t field, std::int64_t& value_ns) {
    const NumberError error = parse_scaled(text(field), kNsPerMs, value_ns);
    if (error == NumberError::kNone && value_ns <= kLongestNs) return true;
    wrong(field, std::string("a duration ") +
                     (error == NumberError::kNone ? "is longer than 100 days" : to_string(error)));
    return false;
  }

  /// Piecewise linear between the percentiles times the factor that makes the mean the recorded
  /// one.
  static Distribution law_of(Distribution::Percentiles percentiles, Duration average) {
    if (average == Duration{0}) return Distribution(Distribution::Constant{kBelowResolution});
    const double mean_s = Distribution(percentiles).mean_s();
    if (mean_s == 0) return Distribution(Distribution::Constant{average});
    const double factor = std::chrono::duration<double>(average).count() / mean_s;
    for (auto& [percent, value] : percentiles.knots) {
      const double scaled = static_cast<double>(value.count()) * factor;
      value = Duration{static_cast<std::int64_t>(std::min(scaled + 0.5, 9.2e18))};
    }
    return Distribution(std::move(percentiles));
  }

  void take_memory(AzureKey key) {
    AzureMemory row;
    for (const auto& [thousandths, field] : layout_.percentiles) {
      std::int64_t thousandth_mb = 0;
      const NumberError error = parse_scaled(text(field), 1000, thousandth_mb);
      if (error != NumberError::kNone || thousandth_mb > 1'000'000'000) {
        return wrong(field, std::string("a memory size ") +
                                (error == NumberError::kNone ? "is too large" : to_string(error)));
      }
      row.percentiles.emplace_back(thousandths, static_cast<double>(thousandth_mb) / 1000);
    }
    if (!data_.memory.emplace(std::move(key), std::move(row)).second) {
      wrong(layout_.app, "the function or application has a second row of memory");
    }
  }

  void take_invocations(AzureKey key) {
    counts_.clear();
    std::uint64_t calls = 0;
    for (const auto& [minute, field] : layout_.minutes) {
      const std::string_view word = text(field);
      if (word == "0") continue;
      std::uint64_t count = 0;
      NumberError error = parse_count(word, count);
      if (error == NumberError::kNone && count > kMaxCount) error = NumberError::kTooLarge;
      if (error != NumberError::kNone) {
        return wrong(field, std::string("a count ") + (error == NumberError::kNotANumber
                                                           ? "is not a whole number"
                                                           : to_string(error)));
      }
      calls += count;
      if (count > 0) counts_.emplace_back(minute - shift_ - data_.first_minute, count);
    }
    if (!seen_.insert(key).second) {
      return wrong(layout_.function, "the function has a second row of invocations");
    }
    const auto number = static_cast<std::uint32_t>(data_.functions.size());
    for (const auto& [minute, count] : counts_) {
      data_.minutes[minute].emplace_back(number, static_cast<std::uint32_t>(count));
    }
    data_.functions.push_back({std::move(key), std::string(text(layout_.trigger)), calls});
  }

  DelimitedReader& reader_;
  BadRows& bad_;
  AzureData& data_;
  AzureLayout layout_;
  std::uint32_t shift_ = 0;
  std::set<AzureKey> seen_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts_;
};

}  // namespace

void read_azure_table(DelimitedReader& reader, BadRows& bad, AzureData& data) {
  TableReader(reader, bad, data).read();
}

}  // namespace skyreplay::trace
