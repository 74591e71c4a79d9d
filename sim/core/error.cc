#include "core/error.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace skyreplay {
namespace {

std::string join_lines(const std::vector<std::string>& messages) {
  std::string text;
  for (const std::string& message : messages) {
    if (!text.empty()) text += '\n';
    text += message;
  }
  return text;
}

/// Least number of letters inserted, left out, replaced, or swapped with their neighbor
/// (F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7
/// (1964), in its form that touches no letter twice).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string to_string(const SourcePosition& position) {
  std::string text = position.file;
  if (position.line > 0) text += ":" + std::to_string(position.line);
  if (position.line > 0 && position.column > 0) text += ":" + std::to_string(position.column);
  return text;
}

InputError::InputError(const std::string& message) : std::runtime_error(message) {}

InputError::InputError(const SourcePosition& position, const std::string& message)
    : std::runtime_error(to_string(position) + ": " + message) {}

InputError::InputError(const std::vector<std::string>& messages)
    : std::runtime_error(join_lines(messages)) {}

Interrupted::Interrupted(int signal) : std::runtime_error("interrupted"), signal_(signal) {}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = limit + 1;
  std::string_view nearest;
  for (const std::string& candidate : candidates) {
    // A name cut short or padded is as likely a slip as a misspelt letter.
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (nearest.empty()) return "";
  return ", did you mean '" + std::string(nearest) + "'?";
}

}  // namespace skyreplay
