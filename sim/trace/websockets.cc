#include "trace/websockets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace skyreplay::trace {
namespace {

constexpr std::string_view kCap = "cap=";

}  // namespace

WebSockets::WebSockets(const std::string& option) {
  if (option.empty() || option == "drop") return;
  kept_ = true;
  if (option == "keep") return;
  Duration cap{};
  if (!option.starts_with(kCap) || !parse_duration(option.substr(kCap.size()), cap) ||
      cap <= Duration{0}) {
    throw InputError(fmt::format(
        "--websockets: '{}' is none of drop, keep, cap=DURATION such as cap=30s", option));
  }
  cap_ = cap;
}

bool WebSockets::admit(Row& row, BadRows& bad) {
  if (!kept_) {
    bad.leave_out("WebSocket connections", 1);
    return false;
  }
  ++admitted_;
  if (cap_ && row.work + row.wait > *cap_) {
    ++held_;
    row.work = std::min(row.work, *cap_);
    row.wait = *cap_ - row.work;
  }
  return true;
}

void WebSockets::describe(ImportJob& job) const {
  if (!kept_) return;
  job.provenance.arguments.emplace_back("websockets",
                                        cap_ ? "cap=" + format_duration(*cap_) : "keep");
  std::string note = fmt::format("{} WebSocket connections count as requests", admitted_);
  if (cap_) note += fmt::format(", {} of them held at {}", held_, format_duration(*cap_));
  job.notes.push_back(note);
}

}  // namespace skyreplay::trace
