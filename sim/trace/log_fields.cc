#include "trace/log_fields.h"

#include <algorithm>
#include <cstddef>

namespace skyreplay::trace {
namespace {

/// The offset of the quote that closes the field whose text begins at `from`; npos: there is none.
std::size_t closing_quote(std::string_view line, std::size_t from) {
  for (std::size_t at = from; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"' && (at + 1 == line.size() || line[at + 1] == ' ')) {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool split_log_fields(std::string_view line, std::vector<LogField>& fields) {
  fields.clear();
  for (std::size_t at = line.find_first_not_of(' '); at < line.size();
       at = line.find_first_not_of(' ', at)) {
    const auto column = static_cast<std::uint32_t>(at + 1);
    if (line[at] != '"') {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      fields.push_back({line.substr(at, end - at), column, false});
      at = end;
      continue;
    }
    const std::size_t end = closing_quote(line, at + 1);
    fields.push_back({line.substr(at + 1, end - at - 1), column, true});
    if (end == std::string_view::npos) return false;
    at = end + 1;
  }
  return true;
}

bool is_method(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  return !text.empty() && text != "-" && std::all_of(text.begin(), text.end(), fits);
}

bool split_request(std::string_view request, std::string_view& method, std::string_view& target) {
  const std::size_t first = request.find(' ');
  if (first == std::string_view::npos) return false;
  method = request.substr(0, first);
  target = request.substr(first + 1);
  const std::size_t last = target.rfind(' ');
  const bool has_protocol =
      last != std::string_view::npos &&
      (target.substr(last + 1).starts_with("HTTP/") || target.substr(last + 1) == "-");
  if (has_protocol) target = target.substr(0, last);
  return is_method(method) && !target.empty() && target != "-";
}

}  // namespace skyreplay::trace
