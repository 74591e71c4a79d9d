#include "trace/route_pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>

#include "core/error.h"

namespace skyreplay::trace {
namespace {

constexpr std::int64_t kSetBytes = 64 << 20;
constexpr std::int64_t kPatternBytes = 8 << 20;
/// Group 0 is the whole text, which a name may ask for too.
constexpr std::size_t kMaxGroups = 10;

/// What parts a name from its expression.
constexpr std::string_view kNameEnd = "=^";

RE2::Options options_of(std::int64_t bytes) {
  RE2::Options options;
  // A path is bytes: what a client sends need not be UTF-8.
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(bytes);
  return options;
}

[[noreturn]] void refuse(std::string_view pattern, std::string_view why) {
  throw InputError(fmt::format("--route-pattern: '{}' {}", pattern, why));
}

std::string regex_of_glob(const std::string& glob) {
  std::string regex;
  for (const char& c : glob) {
    if (c == '*') {
      regex += "(?s:.*)";
    } else if (c == '?') {
      regex += "(?s:.)";
    } else {
      regex += RE2::QuoteMeta(re2::StringPiece(&c, 1));
    }
  }
  return regex;
}

void check_glob(const std::string& glob) {
  if (glob.starts_with('^')) refuse(glob, "has no name; NAME=^REGEX gives one");
  if (glob.find_first_of(" *?") == std::string::npos) {
    refuse(glob, fmt::format("matches no route, which begins with its method: 'GET {}'", glob));
  }
}

}  // namespace

struct RoutePatterns::Pattern {
  std::string name;  ///< with groups where there are any
  std::unique_ptr<RE2> regex;
  bool has_groups = false;  ///< in the name

  explicit Pattern(const std::string& text) {
    if (text.empty() || text.size() > kMaxNameBytes || text.find('\0') != std::string::npos) {
      refuse(text, "is empty, longer than 4,096 bytes or with NUL");
    }
    const std::size_t name_end = text.find(kNameEnd);
    const bool is_regex = name_end != std::string::npos;
    if (!is_regex) check_glob(text);
    name = is_regex ? text.substr(0, name_end) : text;
    if (name.empty()) refuse(text, "has no name in front of '=^'");
    const std::string source = is_regex ? text.substr(name_end + 1) : regex_of_glob(text);
    regex = std::make_unique<RE2>(source, options_of(kPatternBytes));
    if (!regex->ok()) refuse(text, "is no regular expression: " + regex->error());
    if (!is_regex) return;
    std::string error;
    if (!regex->CheckRewriteString(name, &error)) refuse(text, "has a bad name: " + error);
    has_groups = name.find('\\') != std::string::npos;
  }

  std::string name_of(std::string_view route) const {
    if (!has_groups) return name;
    std::array<re2::StringPiece, kMaxGroups> groups;
    const re2::StringPiece text(route.data(), route.size());
    const int count = std::min(regex->NumberOfCapturingGroups(), static_cast<int>(kMaxGroups) - 1);
    std::string filled;
    regex->Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(), count + 1);
    regex->Rewrite(&filled, name, groups.data(), count + 1);
    return filled;
  }
};

struct RoutePatterns::Set {
  RE2::Set all{options_of(kSetBytes), RE2::ANCHOR_BOTH};
  mutable std::vector<int> matches;
};

RoutePatterns::RoutePatterns(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return;
  set_ = std::make_unique<Set>();
  std::string error;
  for (const std::string& text : patterns) {
    const Pattern& pattern = patterns_.emplace_back(text);
    if (set_->all.Add(pattern.regex->pattern(), &error) < 0) {
      refuse(text, "is no regular expression: " + error);
    }
  }
  if (!set_->all.Compile()) {
    throw InputError("--route-pattern: the patterns together need more than 64 MiB");
  }
}

RoutePatterns::~RoutePatterns() = default;
RoutePatterns::RoutePatterns(RoutePatterns&&) noexcept = default;
RoutePatterns& RoutePatterns::operator=(RoutePatterns&&) noexcept = default;

std::size_t RoutePatterns::match(std::string_view route) const {
  const re2::StringPiece text(route.data(), route.size());
  RE2::Set::ErrorInfo error{};
  if (set_->all.Match(text, &set_->matches, &error)) {
    return static_cast<std::size_t>(*std::ranges::min_element(set_->matches));
  }
  if (error.kind == RE2::Set::kNoError) return patterns_.size();
  // The automaton of all has no room for this text's states: one by one, each has a slower way.
  const auto first = std::ranges::find_if(
      patterns_, [&](const Pattern& pattern) { return RE2::FullMatch(text, *pattern.regex); });
  return static_cast<std::size_t>(first - patterns_.begin());
}

bool RoutePatterns::first_match(std::string_view route, std::string& name) const {
  if (empty()) return false;
  const std::size_t number = match(route);
  if (number == patterns_.size()) return false;
  name = patterns_[number].name_of(route);
  // A name of groups that are empty or hold what no name may.
  if (name.empty()) return false;
  if (name.size() > kMaxNameBytes) name.resize(kMaxNameBytes);
  return true;
}

}  // namespace skyreplay::trace
