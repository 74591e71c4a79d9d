#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/framed_file.h"
#include "fuzz/message_mutator.h"

namespace skyreplay::fuzz {

/// A frame of a framed file (core/framed_file.h), its checksum left out.
struct Frame {
  std::uint32_t kind = 0;
  std::string payload;
  std::uint64_t offset = 0;  ///< of its header; set by join()
};

/// What a file of one format holds, and how its last frame is made to agree with the others.
struct FrameGrammar {
  FrameFormat format;
  /// An empty message of the kind that frames of this number hold; nullptr if there is none.
  std::unique_ptr<google::protobuf::Message> (*message)(std::uint32_t kind);
  /// Makes the footer say of the frames before it what is so. Their offsets are set.
  void (*heal)(std::vector<Frame>& frames);
};

/// Bytes changed by one step: mostly one payload or the order of frames, with lengths, checksums
/// and (mostly) the footer set right again, so that what lies behind the checks is reached; else
/// any bytes. This is a libFuzzer custom mutator but for the grammar.
std::size_t mutate_frames(const FrameGrammar& grammar, std::uint8_t* data, std::size_t size,
                          std::size_t max_size, unsigned seed);

}  // namespace skyreplay::fuzz
