#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyreplay::scenario {

/// Where a value was written: in the file (source 0), or in another source: a `--set`, or a file
/// that it extends. Lines and columns count from 1; columns count bytes.
struct Place {
  std::uint32_t source = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  auto operator<=>(const Place&) const = default;
};

/// Collects every mistake of one scenario, so that all are reported at once.
class Mistakes {
 public:
  explicit Mistakes(std::string filename) : filename_(std::move(filename)) {}

  /// Announces the next `--set`, by the path it sets; returns its source number.
  std::uint32_t add_source(std::string path);
  /// Announces a further file, which positions then name; returns its source number.
  std::uint32_t add_file(std::string filename);
  /// `path` is the field's; empty where the text names the field itself.
  void add(const Place& place, std::string_view path, std::string_view text);
  /// Remembers that what is at this path was not understood, for below().
  void note(std::string_view path) { noted_.emplace_back(path); }
  /// add(), where nothing after it can be understood. Throws InputError with all so far.
  [[noreturn]] void fatal(const Place& place, std::string_view path, std::string_view text);
  /// Throws InputError with all mistakes in the order of their places, if there are any.
  void throw_if_any();
  /// Each mistake as "path: text", without its place.
  std::vector<std::string> texts() const;
  bool empty() const { return all_.empty(); }
  /// True if a mistake was found, or noted, at this path or inside it.
  bool below(std::string_view path) const;
  /// True if a mistake was found, or noted, at exactly this path.
  bool at(std::string_view path) const;
  const std::string& filename() const { return filename_; }

 private:
  struct Mistake {
    Place place;
    std::string path;
    std::string text;
  };
  std::string to_line(const Mistake& mistake) const;

  struct Source {
    bool is_file = false;
    std::string name;  ///< of a file; or the path that a `--set` sets
  };

  std::string filename_;
  std::vector<Source> sources_;
  std::vector<Mistake> all_;
  std::vector<std::string> noted_;
};

/// 'text' for a message: bytes that do not print become \xNN, what is long is cut.
std::string in_quotes(std::string_view text);

/// did_you_mean() for a word that anybody may have written.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace skyreplay::scenario
