#include "scenario/field_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"

namespace skyreplay::scenario {
namespace {

/// Bytes that end a bare name.
constexpr std::string_view kSpecial = ".[]=\"";

/// Reads PATH, of a setting up to its '='.
class PathScanner {
 public:
  enum class Of { kSetting, kPath };

  PathScanner(std::string_view text, Of of) : text_(text), rest_(text), of_(of) {}

  /// The steps; what follows the '=' of a setting is then in rest().
  FieldPath scan() {
    const bool is_setting = of_ == Of::kSetting;
    FieldPath path;
    while (true) {
      if (path.size() == kMaxDepth) fail(fmt::format("a path of at most {} steps", kMaxDepth));
      path.push_back(rest_.starts_with('[') ? bracket() : bare_name());
      if (is_setting ? take('=') : rest_.empty()) return path;
      if (rest_.empty()) fail("'=' and a value after the path");
      if (!rest_.starts_with('[') && !take('.'))
        fail(is_setting ? "'.', '[' or '='" : "'.' or '['");
    }
  }
  std::string_view rest() const { return rest_; }
  std::size_t consumed() const { return text_.size() - rest_.size(); }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    const std::string text = in_quotes(text_);
    throw InputError(fmt::format("{}: expected {} at character {}",
                                 of_ == Of::kSetting ? "--set " + text : "in " + text, expected,
                                 consumed() + 1));
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string until(std::string_view stops, const char* expected) {
    const std::size_t length = std::min(rest_.find_first_of(stops), rest_.size());
    if (length == 0) fail(expected);
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

  PathStep bare_name() { return {PathStep::Kind::kName, until(kSpecial, "a field's name"), 0, ""}; }

  /// "..." with \" and \\ inside; the opening quote is already taken.
  std::string quoted_text() {
    std::string word;
    while (!take('"')) {
      if (rest_.empty()) fail("a closing '\"'");
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) fail("a closing '\"'");
      word += rest_.front();
      rest_.remove_prefix(1);
    }
    return word;
  }

  PathStep bracket() {
    take('[');
    PathStep step;
    if (take('"')) {
      step.name = quoted_text();
    } else {
      element(until("=]\"", "a number, a name or a quoted key in brackets"), step);
    }
    if (!take(']')) fail("']'");
    return step;
  }

  void element(const std::string& word, PathStep& step) {
    if (take('=')) {
      step.kind = PathStep::Kind::kWhere;
      step.name = word;
      step.value = take('"') ? quoted_text() : until("]", "a value after '='");
      return;
    }
    step.kind = PathStep::Kind::kIndex;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), step.index);
    if (error != std::errc() || end != word.data() + word.size()) {
      fail(fmt::format("an element's number, [name=...] or [\"...\"], not {},", in_quotes(word)));
    }
  }

  std::string_view text_;
  std::string_view rest_;
  Of of_;
};

/// Walks one path down the tree.
class Setter {
 public:
  Setter(const FieldPath& path, const std::string& text, const Place& place, Mistakes& mistakes)
      : path_(path), text_(text), place_(place), mistakes_(mistakes) {}

  void run(SourceNode& root, SourceNode value) {
    SourceNode* node = &root;
    for (const PathStep& step : path_) {
      node = step.kind == PathStep::Kind::kName ? by_name(*node, step.name) : element(*node, step);
      if (node == nullptr) return;
    }
    *node = std::move(value);
  }

 private:
  SourceNode* refuse(const std::string& text) {
    mistakes_.add(place_, text_, text);
    return nullptr;
  }

  SourceNode* by_name(SourceNode& node, const std::string& name) {
    if (node.kind == SourceNode::Kind::kBroken) return nullptr;
    if (node.kind == SourceNode::Kind::kEmpty || node.kind == SourceNode::Kind::kNull) {
      node.kind = SourceNode::Kind::kMap;
      node.place = place_;
    }
    if (node.kind != SourceNode::Kind::kMap) {
      return refuse(fmt::format("there is no {} in {}", in_quotes(name), describe(node)));
    }
    Entry* entry = find(node, name);
    if (entry == nullptr) {
      node.entries.push_back({name, place_, {}});
      entry = &node.entries.back();
      entry->value.place = place_;
    }
    return &entry->value;
  }

  SourceNode* element(SourceNode& node, const PathStep& step) {
    if (node.kind == SourceNode::Kind::kBroken) return nullptr;
    const bool is_absent =
        node.kind == SourceNode::Kind::kEmpty || node.kind == SourceNode::Kind::kNull;
    if (node.kind != SourceNode::Kind::kList && !is_absent) {
      return refuse(
          fmt::format("brackets choose an element of a list, and this is {}", describe(node)));
    }
    if (step.kind == PathStep::Kind::kWhere) return where(node, step);
    if (step.index < node.entries.size()) return &node.entries[step.index].value;
    return refuse(
        fmt::format("there is no element [{}]: the list has {}", step.index, node.entries.size()));
  }

  SourceNode* where(SourceNode& list, const PathStep& step) {
    SourceNode* found = nullptr;
    for (Entry& entry : list.entries) {
      const Entry* field = find(entry.value, step.name);
      if (field == nullptr || field->value.scalar != step.value) continue;
      if (found != nullptr) {
        return refuse(
            fmt::format("more than one element has {} {}", step.name, in_quotes(step.value)));
      }
      found = &entry.value;
    }
    if (found != nullptr) return found;
    return refuse(fmt::format("no element has {} {}", step.name, in_quotes(step.value)));
  }

  const FieldPath& path_;
  const std::string& text_;
  Place place_;
  Mistakes& mistakes_;
};

}  // namespace

std::string join_path(std::string_view path, std::string_view name) {
  std::string joined(path);
  if (!name.empty() && name.find_first_of(kSpecial) == std::string_view::npos) {
    if (!joined.empty()) joined += '.';
    return joined.append(name);
  }
  joined += "[\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') joined += '\\';
    joined += c;
  }
  return joined + "\"]";
}

std::string join_index(std::string_view path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

Setting parse_setting(std::string_view text) {
  PathScanner scanner(text, PathScanner::Of::kSetting);
  Setting setting;
  setting.path = scanner.scan();
  setting.path_text = std::string(text.substr(0, scanner.consumed() - 1));
  setting.value = std::string(scanner.rest());
  return setting;
}

void apply_setting(const Setting& setting, SourceNode& root, Mistakes& mistakes) {
  const std::uint32_t source = mistakes.add_source(setting.path_text);
  const SourceNode value = read_yaml(setting.value, source, mistakes);
  if (value.kind == SourceNode::Kind::kBroken) return;
  if (value.kind == SourceNode::Kind::kEmpty) {
    mistakes.add({source, 0, 0}, setting.path_text,
                 "has no value; write null to take the file's value away");
    return;
  }
  Setter(setting.path, setting.path_text, {source, 0, 0}, mistakes).run(root, value);
}

FieldPath parse_path(std::string_view text) {
  return PathScanner(text, PathScanner::Of::kPath).scan();
}

void put_value(const FieldPath& path, const std::string& path_text, const SourceNode& value,
               SourceNode& root, Mistakes& mistakes) {
  Setter(path, path_text, value.place, mistakes).run(root, value);
}

}  // namespace skyreplay::scenario
