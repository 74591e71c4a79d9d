#include "trace/otlp_frames.h"

#include <fmt/format.h>

#include <algorithm>

namespace skyreplay::trace {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::uint64_t kResourceSpans = 1 << 3 | 2;  ///< field 1, with a length
enum WireType : std::uint64_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

}  // namespace

void OtlpFrames::refuse(std::string_view why) const {
  throw InputError(SourcePosition{input_.name()}, fmt::format("byte {}: {}", offset_, why));
}

bool OtlpFrames::at_hand(std::size_t bytes) {
  while (buffer_.size() - begin_ < bytes) {
    if (begin_ >= kReadBytes) {
      buffer_.erase(0, begin_);
      begin_ = 0;
    }
    const std::size_t size = buffer_.size();
    buffer_.resize(size + kReadBytes);
    const std::size_t got = input_.read(buffer_.data() + size, kReadBytes);
    buffer_.resize(size + got);
    if (got == 0) return false;
  }
  return true;
}

void OtlpFrames::consume(std::size_t bytes) {
  begin_ += bytes;
  offset_ += bytes;
}

std::uint64_t OtlpFrames::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_end()) refuse("the message is cut short");
    const auto byte = static_cast<unsigned char>(buffer_[begin_]);
    consume(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  refuse("is no length or field number");
}

/// A field of which nothing is known.
void OtlpFrames::skip(std::uint64_t tag) {
  std::uint64_t length = 0;
  switch (tag & 7) {
    case kVarint:
      varint();
      return;
    case kFixed64:
      length = 8;
      break;
    case kFixed32:
      length = 4;
      break;
    case kLength:
      length = varint();
      break;
    default:
      refuse("is no field of an OTLP message");
  }
  while (length > 0) {
    if (at_end()) refuse("the message is cut short");
    const std::size_t some = std::min<std::uint64_t>(length, buffer_.size() - begin_);
    consume(some);
    length -= some;
  }
}

bool OtlpFrames::next(std::string_view& payload) {
  if (!started_) {
    started_ = true;
    // A message of ten bytes holds no span, so that this is a field's number and no length.
    delimited_ = at_hand(1) && static_cast<unsigned char>(buffer_[begin_]) != kResourceSpans;
  }
  while (!at_end()) {
    if (delimited_ && offset_ >= message_end_) {
      const std::uint64_t length = varint();
      if (length > kMaxBytes) refuse("a message above 64 MiB, or no length of one");
      message_end_ = offset_ + length;
      continue;
    }
    const std::uint64_t tag = varint();
    if (tag != kResourceSpans) {
      skip(tag);
      continue;
    }
    const std::uint64_t length = varint();
    if (length > kMaxBytes) refuse("ResourceSpans above 64 MiB");
    if (!at_hand(length)) refuse("the message is cut short");
    payload = std::string_view(buffer_).substr(begin_, length);
    payload_offset_ = offset_;
    consume(length);
    return true;
  }
  return false;
}

}  // namespace skyreplay::trace
