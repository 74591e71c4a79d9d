#include "scenario/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/utf8.h"

namespace skyreplay::scenario {
namespace {

constexpr std::string_view kSafe =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";

bool is_plain_text(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords{"true", "false", "null", "yes", "no",
                                                    "on",   "off",   "y",    "n",   "True"};
  if (text.empty() || text.find_first_not_of(kSafe) != std::string_view::npos) return false;
  const char first = text.front();
  const bool starts_like_a_name =
      (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
  return starts_like_a_name && std::find(kWords.begin(), kWords.end(), text) == kWords.end() &&
         text != "Null" && text != "NULL";
}

/// A word that was written without quotes, and may be a number.
std::string plain_word(const std::string& word) {
  const bool is_safe = !word.empty() && word.find_first_not_of(kSafe) == std::string::npos &&
                       word.find_first_not_of("-./") != std::string::npos;
  return is_safe ? word : yaml_text(word);
}

}  // namespace

std::string yaml_text(std::string_view text) {
  if (is_plain_text(text)) return std::string(text);
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    if (text[0] == '"' || text[0] == '\\') out += '\\';
    if (is_control(text.substr(0, length))) {
      // The number of the character: U+0080 to U+009F are 0xC2 0x80 to 0xC2 0x9F.
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[length - 1]));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + "\"";
}

std::string flow_text(const SourceNode& node) {
  if (node.kind == SourceNode::Kind::kScalar) {
    return node.is_quoted ? yaml_text(node.scalar) : plain_word(node.scalar);
  }
  const bool is_map = node.kind == SourceNode::Kind::kMap;
  if (!is_map && node.kind != SourceNode::Kind::kList) return "null";
  std::string inside;
  for (const Entry& entry : node.entries) {
    if (!inside.empty()) inside += ", ";
    if (is_map) inside += yaml_text(entry.key) + ": ";
    inside += flow_text(entry.value);
  }
  return is_map ? "{" + inside + "}" : "[" + inside + "]";
}

}  // namespace skyreplay::scenario
