#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/distribution.h"
#include "core/error.h"

namespace skyreplay::trace {

/// A value of a YAML text with the position it came from. Walks down only where its caller asks, so
/// every key that nobody asks for can be refused. Copies are cheap.
class SpecNode {
 public:
  /// Parses one document. Throws InputError at the position of a syntax error, of a NUL byte or of
  /// a second document. `file` is what positions name.
  static SpecNode parse(const std::string& text, const std::string& file);

  bool is_map() const;
  bool is_sequence() const;
  bool is_scalar() const;
  SourcePosition position() const;
  /// "classes[2].duration", or "" at the top.
  const std::string& path() const { return path_; }

  /// A map's entries in their order. Throws where this is no map or names a key twice.
  std::vector<std::pair<std::string, SpecNode>> entries() const;
  /// A map's entries, each key one of `allowed`; another is refused with the nearest allowed one.
  std::vector<std::pair<std::string, SpecNode>> entries(
      const std::vector<std::string>& allowed) const;
  std::vector<SpecNode> elements() const;

  /// A scalar read as what the name says; each throws InputError at its position otherwise.
  std::string text() const;
  double number(double low, double high) const;
  std::uint64_t count(std::uint64_t low, std::uint64_t high) const;
  Duration duration() const;  ///< above 0s
  TimePoint time() const;
  /// A law in the scenario's spelling (core/distribution.h).
  Distribution distribution() const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  struct Handle;
  SpecNode(std::shared_ptr<const Handle> handle, std::string path);
  Distribution law(const std::string& name) const;

  std::shared_ptr<const Handle> handle_;
  std::string path_;
};

/// "lognormal" and so on: the keys that make a map a law.
const std::vector<std::string>& law_names();

}  // namespace skyreplay::trace
