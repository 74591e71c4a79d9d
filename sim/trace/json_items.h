#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// The objects that a JSON text of any length is a list of, one by one: objects that follow each
/// other with or without white space between them, the elements of an array, or those of an array
/// that stands in an object under one of some names, as in {"events": [{...}, {...}]}. Only where
/// each begins and ends is found here, what is between them is not looked at. Memory: one item,
/// which may be at most 1 MiB long unless told otherwise, and a buffer.
class JsonItems {
 public:
  static constexpr std::size_t kMaxItemBytes = 1 << 20;

  enum class Outcome : std::uint8_t {
    kItem,
    kBad,  ///< see bad_reason(); reading goes on behind it
    kEnd,
  };

  /// Takes over `input`. `lists` are the names of arrays to look into.
  JsonItems(TextInput input, std::vector<std::string_view> lists,
            std::size_t max_item_bytes = kMaxItemBytes);

  Outcome next();
  /// From '{' to '}', valid until the next call of next().
  std::string_view item() const { return std::string_view(buffer_).substr(item_, length_); }
  /// What stood in front of the list that the item is in, from its object's '{' on; else "".
  const std::string& enclosing() const { return enclosing_; }
  /// In few words that do not depend on the text.
  const std::string& bad_reason() const { return bad_reason_; }
  SourcePosition position() const { return {input_.name(), line_, column_}; }

 private:
  enum class Place : std::uint8_t { kTop, kArray, kList, kObject };
  enum class Found : std::uint8_t { kEnd, kList, kTooLong, kCutShort };

  /// Looks for the end of the object at begin_, or of the rest of one that a list stood in. Stops
  /// behind the '[' of a list of a top object.
  Found scan(int depth, bool look_for_lists);
  /// Whether the string that ends in front of `at` names a list whose '[' follows; `at` is then
  /// moved behind it.
  bool is_list(std::size_t string_begin, std::size_t& at);
  Outcome take_object();
  bool skip_blanks();
  bool at_hand(std::size_t at);
  void consume(std::size_t to);
  Outcome bad(const char* reason);
  /// Gives up the rest of the line, where something else than an object is.
  Outcome bad_line();

  TextInput input_;
  std::vector<std::string_view> lists_;
  std::size_t max_item_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< not yet consumed, in buffer_
  std::size_t item_ = 0;
  std::size_t length_ = 0;
  std::size_t scanned_ = 0;  ///< where scan() stopped
  bool ended_ = false;
  Place place_ = Place::kTop;
  std::string enclosing_;
  std::string bad_reason_;
  std::uint32_t next_line_ = 1, next_column_ = 1;  ///< of begin_
  std::uint32_t line_ = 0, column_ = 0;            ///< of what was last returned
};

}  // namespace skyreplay::trace
