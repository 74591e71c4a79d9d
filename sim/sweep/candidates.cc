#include "sweep/candidates.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace skyreplay::sweep {
namespace {

constexpr std::size_t kMaxFolderName = 100;

/// Both files say "shop": then the files tell them apart.
void tell_apart(std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) names.push_back(candidate.name);
  for (Candidate& candidate : candidates) {
    if (std::ranges::count(names, candidate.name) > 1) {
      candidate.name = candidate.scenario.filename();
    }
  }
}

/// Every line of `text`, each naming the file: a mistake in --set does not by itself, and need not
/// be one in every candidate.
void add_lines(std::string_view text, const std::string& file, std::vector<std::string>& lines) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    lines.push_back(line.starts_with(file) ? std::string(line) : fmt::format("{}: {}", file, line));
  }
}

void refuse_twins(const std::vector<std::filesystem::path>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (files[i].lexically_normal() != files[j].lexically_normal()) continue;
      throw InputError(fmt::format("'{}' is given twice", files[i].string()));
    }
  }
}

void require_one_seed(const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates) {
    const std::uint64_t first = candidates.front().scenario.message().seed();
    const std::uint64_t seed = candidate.scenario.message().seed();
    if (seed == first) continue;
    throw InputError(fmt::format(
        "the seeds differ: {} in {}, {} in {}; candidates are compared with the same random "
        "numbers, so set one with --seed",
        first, candidates.front().scenario.filename(), seed, candidate.scenario.filename()));
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

std::string folder_name(const std::string& name, const std::vector<std::string>& taken) {
  std::string plain = name.substr(0, kMaxFolderName);
  for (char& c : plain) c = is_plain(c) ? c : '_';
  if (plain.empty() || plain.front() == '.') plain.insert(0, "_");
  std::string folder = plain;
  for (int n = 2; std::ranges::find(taken, folder) != taken.end(); ++n) {
    folder = fmt::format("{}-{}", plain, n);
  }
  return folder;
}

std::vector<Candidate> load_candidates(const std::vector<std::filesystem::path>& files,
                                       const std::vector<std::string>& sets) {
  if (files.empty()) throw InputError("no scenario is given");
  refuse_twins(files);
  std::vector<Candidate> candidates;
  std::vector<std::string> mistakes;
  for (const std::filesystem::path& file : files) {
    try {
      scenario::Scenario scenario = scenario::Scenario::load(file, sets);
      candidates.push_back({scenario.message().name(), "", std::move(scenario)});
    } catch (const InputError& error) {
      add_lines(error.what(), file.string(), mistakes);
    }
  }
  if (!mistakes.empty()) throw InputError(mistakes);
  require_one_seed(candidates);
  tell_apart(candidates);
  std::vector<std::string> taken = {"compare.json", "compare.txt"};
  for (Candidate& candidate : candidates) {
    candidate.folder = folder_name(candidate.name, taken);
    taken.push_back(candidate.folder);
  }
  return candidates;
}

std::vector<check::Requirement> parse_requirements(const std::vector<std::string>& texts) {
  std::vector<check::Requirement> requirements;
  std::vector<std::string> mistakes;
  for (const std::string& text : texts) {
    try {
      requirements.push_back(check::parse_requirement(text));
    } catch (const InputError& error) {
      mistakes.emplace_back(error.what());
    }
  }
  if (!mistakes.empty()) throw InputError(mistakes);
  return requirements;
}

replay::TraceChoice trace_of(const std::vector<Candidate>& candidates,
                             const std::filesystem::path& given) {
  const scenario::Scenario& first = candidates.front().scenario;
  const replay::TraceChoice choice(first, given);
  for (const Candidate& candidate : candidates) {
    const replay::TraceChoice other(candidate.scenario, given);
    if (other.text() == choice.text()) continue;
    throw InputError(
        fmt::format("{} names {}, {} names {}; name the one to compare on with --trace",
                    first.filename(), choice.text(), candidate.scenario.filename(), other.text()));
  }
  return choice;
}

}  // namespace skyreplay::sweep
