#include "fuzz/frames.h"

#include <xxhash.h>

#include <cstring>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace skyreplay::fuzz {
namespace {

template <typename Integer>
void append(std::string& bytes, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

std::uint32_t load32(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));  // machines of ours are little-endian
  return value;
}

/// The frames from the magic on for as long as their lengths fit.
std::vector<Frame> split(const FrameFormat& format, std::string_view bytes) {
  std::vector<Frame> frames;
  if (!bytes.starts_with(format.magic)) return frames;
  bytes.remove_prefix(format.magic.size());
  while (bytes.size() > kFrameHeaderBytes + 16) {
    const std::uint32_t length = load32(bytes);
    if (length > bytes.size() - kFrameHeaderBytes - 16) break;
    frames.push_back(
        {load32(bytes.substr(4)), std::string(bytes.substr(kFrameHeaderBytes, length))});
    bytes.remove_prefix(kFrameHeaderBytes + length);
  }
  return frames;
}

void place(const FrameFormat& format, std::vector<Frame>& frames) {
  std::uint64_t at = format.magic.size();
  for (Frame& frame : frames) {
    frame.offset = at;
    at += kFrameHeaderBytes + frame.payload.size();
  }
}

std::string join(const FrameFormat& format, const std::vector<Frame>& frames) {
  std::string bytes(format.magic);
  for (const Frame& frame : frames) {
    append(bytes, static_cast<std::uint32_t>(frame.payload.size()));
    append(bytes, frame.kind);
    append(bytes, std::uint64_t{XXH3_64bits(frame.payload.data(), frame.payload.size())});
    bytes += frame.payload;
  }
  append(bytes, frames.back().offset);
  return bytes.append(format.end);
}

void mutate_payload(const FrameGrammar& grammar, Frame& frame, Dice& dice) {
  const auto message = grammar.message(frame.kind);
  if (message == nullptr || dice() % 8 == 0 || !message->ParseFromString(frame.payload)) {
    frame.payload = mutate_bytes(std::move(frame.payload));
    return;
  }
  mutate_message(*message, dice);
  message->SerializePartialToString(&frame.payload);
}

void mutate(const FrameGrammar& grammar, std::vector<Frame>& frames, Dice& dice) {
  const std::size_t chosen = dice() % frames.size();
  const auto at = frames.begin() + static_cast<std::ptrdiff_t>(chosen);
  switch (dice() % 16) {
    case 0:
      if (frames.size() > 1) frames.erase(at);
      return;
    case 1:
      frames.insert(at, Frame(*at));
      return;
    case 2:
      std::swap(frames[chosen], frames[dice() % frames.size()]);
      return;
    default:
      mutate_payload(grammar, frames[chosen], dice);
  }
}

}  // namespace

std::size_t mutate_frames(const FrameGrammar& grammar, std::uint8_t* data, std::size_t size,
                          std::size_t max_size, unsigned seed) {
  Dice dice(seed + 1);
  std::vector<Frame> frames = split(grammar.format, {reinterpret_cast<const char*>(data), size});
  if (frames.empty() || dice() % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  mutate(grammar, frames, dice);
  place(grammar.format, frames);
  if (dice() % 8 != 0) grammar.heal(frames);
  const std::string bytes = join(grammar.format, frames);
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace skyreplay::fuzz
