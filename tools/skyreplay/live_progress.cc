#include "live_progress.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace skyreplay::tool {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

ProgressMeter::Style style_of_standard_error() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  if (::isatty(STDERR_FILENO) != 1 || dumb) return ProgressMeter::Style::kLines;
  return is_set("NO_COLOR") ? ProgressMeter::Style::kBar : ProgressMeter::Style::kColoredBar;
}

void say(const std::string& text) {
  if (!text.empty()) std::cerr << text << std::flush;
}

}  // namespace

LiveProgress::LiveProgress() : meter_(style_of_standard_error(), ProgressMeter::Clock::now()) {}

LiveProgress::~LiveProgress() { say(meter_.clear()); }

void LiveProgress::update(const RunProgress& at) {
  say(meter_.update(at, ProgressMeter::Clock::now()));
}

void LiveProgress::update(const RunsProgress& at) {
  say(meter_.update(at, ProgressMeter::Clock::now()));
}

}  // namespace skyreplay::tool
