#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/distribution.h"
#include "trace/delimited_reader.h"
#include "trace/import.h"

namespace skyreplay::trace {

/// The three tables of the Azure Functions 2019 data set, with the header variants found in its
/// cuts (docs/traces.md): other column orders, minutes numbered 480..959 or named minute_1 or
/// 1_minute, no Trigger, no header at all, memory per function or per application.
enum class AzureTable : std::uint8_t { kUnknown, kInvocations, kDurations, kMemory };

/// What the first line says of the table that follows. An `end` of npos means the column is absent.
struct AzureLayout {
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

  AzureTable table = AzureTable::kUnknown;
  bool has_header = true;
  std::size_t owner = kAbsent, app = kAbsent, function = kAbsent, trigger = kAbsent;
  std::size_t average = kAbsent, count = kAbsent, minimum = kAbsent, maximum = kAbsent;
  /// (percent in thousandths, field), ascending.
  std::vector<std::pair<std::uint32_t, std::size_t>> percentiles;
  /// (minute number, field) in the file's order.
  std::vector<std::pair<std::uint32_t, std::size_t>> minutes;
  std::size_t width = 0;
};

/// REQUIRES the fields of a text's first line.
AzureLayout azure_layout(const std::vector<DelimitedReader::Field>& fields);

/// A function is its owner, application and function hashes together: the same function hash may
/// appear in two applications.
struct AzureKey {
  std::string owner, app, function;
  auto operator<=>(const AzureKey&) const = default;
};

struct AzureDurations {
  Distribution law;
  std::string average_ms, count, minimum_ms, maximum_ms;  ///< as recorded
  bool below_resolution = false;  ///< Average 0: the law is a constant of half a millisecond
};

/// Memory percentiles in MB as recorded: (thousandths of a percent, MB).
struct AzureMemory {
  std::vector<std::pair<std::uint32_t, double>> percentiles;
};

struct AzureFunction {
  AzureKey key;
  std::string trigger;  ///< "" where the file has no such column
  std::uint64_t calls = 0;
};

/// Everything read from the files, before the join.
struct AzureData {
  std::map<AzureKey, AzureDurations> durations;
  std::map<AzureKey, AzureMemory> memory;  ///< `function` is "" where it is the application's
  std::vector<AzureFunction> functions;    ///< in the order of the file
  std::uint32_t first_minute = 0;          ///< as an offset from the origin
  /// Per minute the (function, calls) that are not zero, in the order of the file.
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> minutes;
  bool has_durations = false, has_memory = false, has_invocations = false, has_trigger = false;
};

/// Reads one table into `data`. Rows that cannot be used go to `bad`.
void read_azure_table(DelimitedReader& reader, BadRows& bad, AzureData& data);

}  // namespace skyreplay::trace
