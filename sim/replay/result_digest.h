#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "replay/result_format.h"

namespace skyreplay::replay {

/// The digest of a result: an XXH3-128 of each section's payloads in turn (header with tables,
/// windows, activities, bill, summary with spans), every payload preceded by its length in 8 bytes
/// LE, and an XXH3-128 over those five. Sections are hashed apart because windows and activities
/// alternate in the file as memory requires, which is no part of the result. Provenance and Footer
/// do not count.
class ResultDigest {
 public:
  ResultDigest();
  ~ResultDigest();
  ResultDigest(const ResultDigest&) = delete;
  ResultDigest& operator=(const ResultDigest&) = delete;

  void add(Section section, std::string_view payload);
  /// 32 hex digits over what was added so far.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyreplay::replay
