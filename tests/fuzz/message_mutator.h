#pragma once

#include <google/protobuf/message.h>

#include <random>

namespace skyreplay::fuzz {

/// What mutators draw with: seeded by libFuzzer, so that a run can be repeated.
using Dice = std::minstd_rand;

/// Changes one thing somewhere in the message: a number, a text, an element that goes, comes twice
/// or moves. It stays a message, so that what is behind the parser sees it.
void mutate_message(google::protobuf::Message& message, Dice& dice);

/// Bytes changed as libFuzzer sees fit, at most 64 more of them.
std::string mutate_bytes(std::string bytes);

}  // namespace skyreplay::fuzz
