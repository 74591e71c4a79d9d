#include "scenario/mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/error.h"

namespace skyreplay::scenario {
namespace {

/// A file of nothing but mistakes is told apart by its first ones.
constexpr std::size_t kMaxLines = 100;
constexpr std::size_t kMaxMistakes = 10'000;
constexpr std::size_t kMaxQuoted = 80;

/// Whether `inner` is `path` or lies in it.
bool is_at(std::string_view path, std::string_view inner) {
  if (!inner.starts_with(path)) return false;
  return inner.size() == path.size() || inner[path.size()] == '.' || inner[path.size()] == '[';
}

}  // namespace

std::uint32_t Mistakes::add_source(std::string path) {
  sources_.push_back({.is_file = false, .name = std::move(path)});
  return static_cast<std::uint32_t>(sources_.size());
}

std::uint32_t Mistakes::add_file(std::string filename) {
  sources_.push_back({.is_file = true, .name = std::move(filename)});
  return static_cast<std::uint32_t>(sources_.size());
}

void Mistakes::add(const Place& place, std::string_view path, std::string_view text) {
  all_.push_back({place, std::string(path), std::string(text)});
  if (all_.size() == kMaxMistakes) throw_if_any();
}

void Mistakes::fatal(const Place& place, std::string_view path, std::string_view text) {
  add(place, path, text);
  throw_if_any();
  std::abort();  // unreachable: there is at least one mistake
}

std::string Mistakes::to_line(const Mistake& mistake) const {
  std::string line;
  const Place& place = mistake.place;
  if (place.source == 0 || sources_[place.source - 1].is_file) {
    const std::string& file = place.source == 0 ? filename_ : sources_[place.source - 1].name;
    line = to_string(SourcePosition{file, place.line, place.column}) + ": ";
  } else {
    const std::string& set = sources_[place.source - 1].name;
    line = "--set " + set + ": ";
    if (mistake.path == set) return line + mistake.text;
  }
  if (!mistake.path.empty()) line += mistake.path + ": ";
  return line + mistake.text;
}

void Mistakes::throw_if_any() {
  if (all_.empty()) return;
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Mistake& a, const Mistake& b) { return a.place < b.place; });
  std::vector<std::string> lines;
  for (const Mistake& mistake : all_) {
    if (lines.size() == kMaxLines) {
      const char* least = all_.size() == kMaxMistakes ? "at least " : "";
      lines.push_back(
          fmt::format("{}: and {}{} more mistakes", filename_, least, all_.size() - kMaxLines));
      break;
    }
    lines.push_back(to_line(mistake));
  }
  throw InputError(lines);
}

std::vector<std::string> Mistakes::texts() const {
  std::vector<std::string> texts;
  for (const Mistake& m : all_) texts.push_back(m.path.empty() ? m.text : m.path + ": " + m.text);
  return texts;
}

bool Mistakes::below(std::string_view path) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const auto& m) { return is_at(path, m.path); }) ||
         std::any_of(noted_.begin(), noted_.end(), [&](const auto& p) { return is_at(path, p); });
}

bool Mistakes::at(std::string_view path) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& m) { return m.path == path; }) ||
         std::any_of(noted_.begin(), noted_.end(), [&](const auto& p) { return p == path; });
}

std::string in_quotes(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, kMaxQuoted)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  return shown + (text.size() > kMaxQuoted ? "...'" : "'");
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  // The distance costs the product of the lengths; nobody misspells a name at this length.
  return word.size() > 100 ? "" : did_you_mean(word, candidates);
}

}  // namespace skyreplay::scenario
