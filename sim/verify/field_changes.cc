#include "verify/field_changes.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

namespace skyreplay::verify {
namespace {

struct Field {
  std::string path;
  std::string value;
};

/// Every line with a value, under the keys of the lines around it. List elements are numbered.
class Lines {
 public:
  std::vector<Field> read(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      add(line);
    }
    return std::move(fields_);
  }

 private:
  struct Level {
    std::size_t indent = 0;
    std::string path;
    std::size_t elements = 0;
  };

  void add(std::string_view line) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || line[indent] == '#') return;
    while (levels_.back().indent > indent) levels_.pop_back();
    Level& parent = levels_.back();
    line.remove_prefix(indent);
    if (line.starts_with("- ")) {
      fields_.push_back({parent.path + "[" + std::to_string(parent.elements++) + "]",
                         std::string(line.substr(2))});
      return;
    }
    const std::size_t colon = std::min(end_of_key(line), line.size());
    const std::string key(line.substr(0, colon));
    const std::string path = parent.path.empty() ? key : parent.path + "." + key;
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (value.empty()) {
      levels_.push_back({indent + 1, path, 0});
    } else {
      fields_.push_back({path, std::string(value)});
    }
  }

  /// The colon behind a key, which may be quoted.
  static std::size_t end_of_key(std::string_view line) {
    if (!line.starts_with('"')) return line.find(':');
    std::size_t at = 1;
    while (at < line.size() && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
    return line.find(':', std::min(at, line.size()));
  }

  std::vector<Level> levels_ = {{0, "", 0}};
  std::vector<Field> fields_;
};

}  // namespace

std::vector<FieldChange> field_changes(const std::string& a, const std::string& b) {
  const std::vector<Field> before = Lines().read(a);
  const std::vector<Field> after = Lines().read(b);
  std::map<std::string, std::string> left;
  std::map<std::string, std::string> right;
  for (const Field& field : before) left.emplace(field.path, field.value);
  for (const Field& field : after) right.emplace(field.path, field.value);
  std::vector<FieldChange> changes;
  for (const Field& field : before) {
    const auto found = right.find(field.path);
    if (found == right.end()) changes.push_back({field.path, field.value, std::nullopt});
    if (found != right.end() && found->second != field.value) {
      changes.push_back({field.path, field.value, found->second});
    }
  }
  for (const Field& field : after) {
    if (!left.contains(field.path)) changes.push_back({field.path, std::nullopt, field.value});
  }
  return changes;
}

}  // namespace skyreplay::verify
