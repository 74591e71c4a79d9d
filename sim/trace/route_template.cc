#include "trace/route_template.h"

#include <algorithm>
#include <array>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kLeastHash = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_small(c) || is_capital(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool all(std::string_view text, bool (*is)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

bool is_uuid(std::string_view text) {
  constexpr std::array<std::size_t, 5> kGroups{8, 4, 4, 4, 12};
  std::size_t at = 0;
  for (const std::size_t digits : kGroups) {
    if (at > 0 && (at >= text.size() || text[at++] != '-')) return false;
    if (text.size() < at + digits || !all(text.substr(at, digits), is_hex)) return false;
    at += digits;
  }
  return at == text.size();
}

int kind_of(char c) { return is_digit(c) ? 1 : is_small(c) ? 2 : is_capital(c) ? 3 : 0; }

/// Words change from small to capital letters once or twice each, random text at two of three
/// places.
bool looks_random(std::string_view text) {
  std::size_t changes = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kind_of(text[i]) == 0 && text[i] != '-' && text[i] != '_') return false;
    if (i > 0 && kind_of(text[i]) != kind_of(text[i - 1])) ++changes;
  }
  return changes * 3 >= text.size() && std::any_of(text.begin(), text.end(), is_digit) &&
         std::any_of(text.begin(), text.end(), is_capital) &&
         std::any_of(text.begin(), text.end(), is_small);
}

bool is_hash(std::string_view text) {
  return text.size() >= kLeastHash && (all(text, is_hex) || looks_random(text));
}

bool is_number(std::string_view segment) {
  const std::size_t dot = std::min(segment.find('.'), segment.size());
  const bool extension = dot + 1 < segment.size() && is_letter(segment[dot + 1]);
  return all(segment.substr(0, dot), is_digit) && (dot == segment.size() || extension);
}

void append_part(std::string& name, std::string_view part) {
  if (is_uuid(part)) {
    name += "{uuid}";
  } else if (is_hash(part)) {
    name += "{hash}";
  } else {
    name += part;
  }
}

void append_segment(std::string& name, std::string_view segment) {
  if (is_number(segment)) {
    name += "{n}";
    segment.remove_prefix(std::min(segment.find('.'), segment.size()));
  }
  for (;;) {
    const std::size_t dot = std::min(segment.find('.'), segment.size());
    append_part(name, segment.substr(0, dot));
    if (dot == segment.size()) return;
    name += '.';
    segment.remove_prefix(dot + 1);
  }
}

std::string_view path_of(std::string_view target) {
  target = target.substr(0, std::min(target.find_first_of("?#"), target.size()));
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos || target.starts_with('/')) return target;
  target.remove_prefix(scheme + 3);
  const std::size_t slash = target.find('/');
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

/// The path's segments joined again, each as `append` spells it.
template <typename Append>
std::string joined(std::string_view method, std::string_view path, Append append) {
  std::string name(method);
  name += ' ';
  for (;;) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    append(name, segment.substr(0, std::min(segment.find(';'), segment.size())));
    if (slash == path.size()) return name;
    name += '/';
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string RouteTemplates::name(std::string_view method, std::string_view target) const {
  const std::string_view path = path_of(target);
  if (!patterns_.empty()) {
    const std::string plain =
        joined(method, path, [](std::string& name, std::string_view segment) { name += segment; });
    std::string name;
    if (patterns_.first_match(plain, name)) return name;
  }
  std::string name = joined(method, path, append_segment);
  if (name.size() > kMaxNameBytes) name.resize(kMaxNameBytes);
  return name;
}

}  // namespace skyreplay::trace
