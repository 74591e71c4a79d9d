#include "core/tab_separated.h"

#include <algorithm>

namespace skyreplay {
namespace {

void split(std::string_view text, std::vector<std::string_view>& fields) {
  fields.clear();
  for (std::size_t start = 0;;) {
    const std::size_t end = std::min(text.find('\t', start), text.size());
    fields.push_back(text.substr(start, end - start));
    if (end == text.size()) return;
    start = end + 1;
  }
}

}  // namespace

std::uint32_t TabSeparatedLine::column(std::size_t i) const {
  if (i >= fields.size()) return 1;
  return static_cast<std::uint32_t>(fields[i].data() - fields[0].data()) + 1;
}

bool TabSeparatedText::next(TabSeparatedLine& line) {
  line.fields.clear();
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (text.empty() || text.front() == '#') continue;
    split(text, line.fields);
    line.number = number_;
    return true;
  }
  line.number = number_;
  return false;
}

}  // namespace skyreplay
