#include "compute/instance_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "core/error.h"
#include "core/tab_separated.h"

namespace skyreplay::compute {

extern const std::string_view kInstanceTypesTsv;  // data/*.tsv, embedded by the build
extern const std::string_view kCpuSpeedTsv;

namespace {

// E130.
constexpr std::string_view kTypesFile = "instance_types.tsv";
constexpr std::string_view kSpeedsFile = "cpu_speed.tsv";
constexpr std::string_view kTypeColumns[] = {
    "instance_type",      "architecture",         "vcpus",    "memory_mib",
    "network_mbps",       "network_burst_mbps",   "ebs_mbps", "ebs_max_mbps",
    "network_interfaces", "cpu_baseline_permille"};
constexpr std::string_view kSpeedColumns[] = {"family", "cpu_speed_permille"};

/// One of the two tables; the first line names its columns.
class Table {
 public:
  Table(std::string_view text, std::string_view file, std::span<const std::string_view> columns)
      : lines_(text), file_(file), columns_(columns.size()) {
    const bool any = lines_.next(line_);
    if (!any || !std::ranges::equal(line_.fields, columns)) {
      refuse(0, fmt::format("expected the columns {}", fmt::join(columns, ", ")));
    }
  }

  bool next() {
    if (!lines_.next(line_)) return false;
    if (line_.fields.size() != columns_)
      refuse(0, fmt::format("expected {} fields, found {}", columns_, line_.fields.size()));
    return true;
  }

  std::string_view text(std::size_t i) const { return line_.fields[i]; }

  /// The count in field `i`; 0 where it is empty.
  std::uint32_t count(std::size_t i) const {
    const std::string_view text = line_.fields[i];
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (!text.empty() && (error != std::errc() || stop != end))
      refuse(i, fmt::format("'{}' is no count", text));
    return value;
  }

  [[noreturn]] void refuse(std::size_t field, const std::string& what) const {
    throw InputError({std::string(file_), line_.number, line_.column(field)}, what);
  }

 private:
  TabSeparatedText lines_;
  std::string_view file_;
  std::size_t columns_;
  TabSeparatedLine line_;
};

Architecture architecture(const Table& table) {
  if (table.text(1) == "x86_64") return Architecture::kX86;
  if (table.text(1) == "arm64") return Architecture::kArm;
  table.refuse(1, fmt::format("'{}' is no architecture", table.text(1)));
}

InstanceType read_type(const Table& table) {
  const std::string_view name = table.text(0);
  const std::size_t point = name.find('.');
  if (point == std::string_view::npos) table.refuse(0, fmt::format("'{}' has no size", name));
  return {.name = std::string(name),
          .family = std::string(name.substr(0, point)),
          .architecture = architecture(table),
          .vcpus = table.count(2),
          .memory_mib = table.count(3),
          .network_mbps = table.count(4),
          .network_burst_mbps = table.count(5),
          .ebs_mbps = table.count(6),
          .ebs_max_mbps = table.count(7),
          .network_interfaces = table.count(8),
          .cpu_baseline_permille = table.count(9)};
}

/// Sorts by `key`. Throws InputError where two have the same.
template <class T>
void sort_unique(std::vector<T>& rows, std::string T::* key, std::string_view file) {
  std::ranges::sort(rows, {}, key);
  const auto twice = std::ranges::adjacent_find(rows, {}, key);
  if (twice != rows.end()) throw InputError(fmt::format("{}: {} stands twice", file, *twice.*key));
}

}  // namespace

const InstanceTypes& InstanceTypes::builtin() {
  static const InstanceTypes types(kInstanceTypesTsv, kCpuSpeedTsv);
  return types;
}

InstanceTypes::InstanceTypes(std::string_view types, std::string_view speeds) {
  for (Table table(types, kTypesFile, kTypeColumns); table.next();)
    types_.push_back(read_type(table));
  for (Table table(speeds, kSpeedsFile, kSpeedColumns); table.next();)
    speeds_.push_back({std::string(table.text(0)), table.count(1)});
  sort_unique(types_, &InstanceType::name, kTypesFile);
  sort_unique(speeds_, &FamilySpeed::family, kSpeedsFile);
}

const InstanceType& InstanceTypes::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(types_, name, {}, &InstanceType::name);
  if (at != types_.end() && at->name == name) return *at;
  std::vector<std::string> names;
  for (const InstanceType& type : types_) names.push_back(type.name);
  throw InputError(
      fmt::format("no instance type '{}' is known{}", name, did_you_mean(name, names)));
}

const InstanceTypes::FamilySpeed* InstanceTypes::find_speed(std::string_view family) const {
  const auto at = std::ranges::lower_bound(speeds_, family, {}, &FamilySpeed::family);
  return at != speeds_.end() && at->family == family ? &*at : nullptr;
}

CpuSpeed InstanceTypes::cpu_speed(const InstanceType& type) const {
  if (const FamilySpeed* own = find_speed(type.family)) return {own->permille, own->family, false};
  const std::string_view base = base_family(type.family);
  if (const FamilySpeed* found = find_speed(base)) return {found->permille, found->family, true};
  throw InputError(fmt::format("no CPU speed of {} is known{}", type.family,
                               base == type.family ? "" : fmt::format(", nor of {}", base)));
}

std::string_view base_family(std::string_view family) {
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t digit = std::min(family.find_first_of(kDigits), family.size());
  std::size_t end = std::min(family.find_first_not_of(kDigits, digit), family.size());
  // The processor's maker: AMD, Graviton, Intel.
  if (end < family.size() && std::string_view("agi").find(family[end]) != std::string_view::npos)
    ++end;
  const bool only_options = family.find_first_not_of("bden", end) == std::string_view::npos;
  return only_options ? family.substr(0, end) : family;
}

}  // namespace skyreplay::compute
