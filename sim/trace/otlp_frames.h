#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "trace/text_input.h"

namespace skyreplay::trace {

/// The ResourceSpans of a file in OTLP's Protobuf encoding, one by one: of one TracesData or
/// ExportTraceServiceRequest, or of any number of them, each behind its length as a varint. Memory:
/// one ResourceSpans, at most 64 MiB.
class OtlpFrames {
 public:
  static constexpr std::uint64_t kMaxBytes = 64 << 20;

  explicit OtlpFrames(TextInput input) : input_(std::move(input)) {}

  /// The next one's payload, valid until the next call; false at the end. Throws InputError naming
  /// the byte where the file is no such message or is cut short.
  bool next(std::string_view& payload);
  /// Of the payload last returned.
  std::uint64_t offset() const { return payload_offset_; }
  const std::string& name() const { return input_.name(); }

 private:
  bool at_hand(std::size_t bytes);
  bool at_end() { return !at_hand(1); }
  void consume(std::size_t bytes);
  std::uint64_t varint();
  void skip(std::uint64_t tag);
  [[noreturn]] void refuse(std::string_view why) const;

  TextInput input_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;  ///< of begin_ in the input
  std::uint64_t payload_offset_ = 0;
  std::uint64_t message_end_ = 0;  ///< of the message in hand, where lengths stand in front
  bool started_ = false;
  bool delimited_ = false;
};

}  // namespace skyreplay::trace
