#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "replay/request_story.h"
#include "replay/result_types.h"

namespace skyreplay::report {

/// A request's story and what it takes to tell it.
struct Story {
  const replay::ResultHeader& header;
  const std::vector<replay::StoryStep>& steps;  ///< REQUIRES not empty; the first is its arrival
  bool is_over = false;
  std::uint64_t row = 0;
  std::string trace;                           ///< as messages call it
  std::vector<std::uint32_t> service_of_flow;  ///< routes, then calls
  std::string note;                            ///< a sentence for the reader, or empty

  const replay::ServiceHeader& service_of(const replay::StoryStep& step) const {
    return header.services[service_of_flow[step.flow]];
  }
  const std::string& route() const { return header.routes[steps.front().flow].name; }
  TimePoint arrival() const { return steps.front().began; }
  /// The request's last attempt: not a call.
  const replay::StoryStep& last_attempt() const;
};

/// "completed", "throttled", ...: how an attempt ended, in a word or two.
std::string_view outcome_name(metrics::Outcome outcome);
/// The status that its client got; 0 where it got none yet.
int status_of(const Story& story);

std::string story_text(const Story& story);
void write_story_json(const std::filesystem::path& path, const Story& story);

}  // namespace skyreplay::report
