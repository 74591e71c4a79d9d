#include "trace/spec_yaml.h"

#include <fast_float/fast_float.h>
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "trace/decimal.h"

namespace skyreplay::trace {

struct SpecNode::Handle {
  YAML::Node node;
  std::shared_ptr<const std::string> file;
};

namespace {

SourcePosition position_at(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return {file, 0, 0};
  return {file, static_cast<std::uint32_t>(mark.line + 1),
          static_cast<std::uint32_t>(mark.column + 1)};
}

void refuse_nul(const std::string& text, const std::string& file) {
  const std::size_t nul = text.find('\0');
  if (nul == std::string::npos) return;
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
  const std::size_t feed = nul == 0 ? std::string::npos : text.rfind('\n', nul - 1);
  const std::size_t column = feed == std::string::npos ? nul + 1 : nul - feed;
  throw InputError(SourcePosition{file, static_cast<std::uint32_t>(line + 1),
                                  static_cast<std::uint32_t>(column)},
                   "a NUL byte is no YAML");
}

/// Refuses a second document where it begins. It must stop there: behind a stray "]" yaml-cpp 0.7
/// finds empty documents without end, so that its own LoadAll() would not return.
class OneDocument final : public YAML::EventHandler {
 public:
  explicit OneDocument(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    throw InputError(position_at(file_, mark), "a second document begins here");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  const std::string& file_;
  int documents_ = 0;
};

void refuse_second_document(const std::string& text, const std::string& file) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  OneDocument handler(file);
  while (parser.HandleNextDocument(handler)) {
  }
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

SpecNode::SpecNode(std::shared_ptr<const Handle> handle, std::string path)
    : handle_(std::move(handle)), path_(std::move(path)) {}

SpecNode SpecNode::parse(const std::string& text, const std::string& file) {
  refuse_nul(text, file);
  try {
    refuse_second_document(text, file);
    const YAML::Node document = YAML::Load(text);
    if (document.IsNull()) throw InputError(SourcePosition{file, 1, 1}, "the file is empty");
    auto name = std::make_shared<const std::string>(file);
    auto handle = std::make_shared<const Handle>(Handle{document, std::move(name)});
    return SpecNode(std::move(handle), "");
  } catch (const YAML::Exception& error) {
    throw InputError(position_at(file, error.mark), "not YAML: " + error.msg);
  }
}

bool SpecNode::is_map() const { return handle_->node.IsMap(); }
bool SpecNode::is_sequence() const { return handle_->node.IsSequence(); }
bool SpecNode::is_scalar() const { return handle_->node.IsScalar(); }

SourcePosition SpecNode::position() const {
  return position_at(*handle_->file, handle_->node.Mark());
}

void SpecNode::fail(const std::string& message) const {
  throw InputError(position(), path_.empty() ? message : path_ + ": " + message);
}

std::vector<std::pair<std::string, SpecNode>> SpecNode::entries() const {
  if (!is_map()) fail("expected a map of keys and values");
  std::vector<std::pair<std::string, SpecNode>> result;
  std::set<std::string> keys;
  for (const auto& pair : handle_->node) {
    if (!pair.first.IsScalar()) fail("a key must be a plain word");
    const std::string key = pair.first.Scalar();
    if (!keys.insert(key).second) {
      throw InputError(position_at(*handle_->file, pair.first.Mark()),
                       fmt::format("the key '{}' stands here a second time", key));
    }
    auto handle = std::make_shared<const Handle>(Handle{pair.second, handle_->file});
    result.emplace_back(key, SpecNode(std::move(handle), path_.empty() ? key : path_ + "." + key));
  }
  return result;
}

std::vector<std::pair<std::string, SpecNode>> SpecNode::entries(
    const std::vector<std::string>& allowed) const {
  auto result = entries();
  for (const auto& pair : handle_->node) {
    const std::string key = pair.first.Scalar();
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    const std::string hint = did_you_mean(key, allowed);
    throw InputError(position_at(*handle_->file, pair.first.Mark()),
                     fmt::format("{}unknown field '{}'{}", path_.empty() ? "" : path_ + ": ", key,
                                 hint.empty() ? " (there are " + join(allowed) + ")" : hint));
  }
  return result;
}

std::vector<SpecNode> SpecNode::elements() const {
  if (!is_sequence()) fail("expected a list");
  std::vector<SpecNode> result;
  for (const YAML::Node& node : handle_->node) {
    auto handle = std::make_shared<const Handle>(Handle{node, handle_->file});
    result.push_back(SpecNode(std::move(handle), fmt::format("{}[{}]", path_, result.size())));
  }
  return result;
}

std::string SpecNode::text() const {
  if (!is_scalar()) fail("expected a word or a number");
  return handle_->node.Scalar();
}

double SpecNode::number(double low, double high) const {
  const std::string word = text();
  double value = 0;
  const auto [end, error] = fast_float::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
    fail(fmt::format("'{}' is not a number", word));
  }
  if (value < low || value > high) {
    fail(fmt::format("{} lies outside {} to {}", word, low, high));
  }
  return value;
}

std::uint64_t SpecNode::count(std::uint64_t low, std::uint64_t high) const {
  const std::string word = text();
  std::uint64_t value = 0;
  const NumberError error = parse_count(word, value);
  if (error != NumberError::kNone) fail(fmt::format("'{}' is not a whole number", word));
  if (value < low || value > high) {
    fail(fmt::format("{} lies outside {} to {}", word, low, high));
  }
  return value;
}

Duration SpecNode::duration() const {
  const std::string word = text();
  Duration value{};
  if (!parse_duration(word, value)) {
    fail(fmt::format("'{}' is not a duration; write a number with a unit, such as 250ms or 8h",
                     word));
  }
  return value;
}

TimePoint SpecNode::time() const {
  TimePoint value;
  if (!parse_rfc3339(text(), value)) {
    fail(fmt::format("'{}' is not a time from 1970 on, such as 2026-01-05T00:00:00Z", text()));
  }
  return value;
}

const std::vector<std::string>& law_names() {
  static const std::vector<std::string> names{"uniform", "exponential", "lognormal",
                                              "weibull", "gamma",       "percentiles"};
  return names;
}

Distribution SpecNode::distribution() const {
  try {
    if (is_scalar()) return Distribution(Distribution::Constant{duration()});
    const auto fields = entries(law_names());
    if (fields.size() != 1) fail("expected a duration or one law: " + join(law_names()));
    return fields.front().second.law(fields.front().first);
  } catch (const InputError& error) {
    // The laws' own complaints have no position.
    const std::string message = error.what();
    if (message.starts_with(to_string(SourcePosition{*handle_->file, 0, 0}) + ":")) throw;
    fail(message);
  }
}

namespace {

/// The value of the one key `name` of a law's fields.
SpecNode field(const SpecNode& law, const std::vector<std::string>& keys, const std::string& name) {
  for (const auto& [key, node] : law.entries(keys)) {
    if (key == name) return node;
  }
  law.fail(fmt::format("'{}' is missing", name));
}

Distribution percentiles(const SpecNode& law) {
  Distribution::Percentiles result;
  for (const auto& [key, node] : law.entries()) {
    std::int64_t millionths = 0;
    const NumberError error = parse_scaled(key, 1'000'000, millionths);
    if (error != NumberError::kNone) node.fail(fmt::format("'{}' is not a percent", key));
    result.knots.emplace_back(static_cast<double>(millionths) / 1e6, node.duration());
  }
  return Distribution(result);
}

}  // namespace

Distribution SpecNode::law(const std::string& name) const {
  if (name == "percentiles") return percentiles(*this);
  if (name == "uniform") {
    const std::vector<SpecNode> bounds = elements();
    if (bounds.size() != 2) fail("expected two durations, [low, high]");
    return Distribution(Distribution::Uniform{bounds[0].duration(), bounds[1].duration()});
  }
  if (name == "exponential") {
    return Distribution(Distribution::Exponential{field(*this, {"mean"}, "mean").duration()});
  }
  if (name == "lognormal") {
    const std::vector<std::string> keys{"p50", "p99"};
    return Distribution(Distribution::Lognormal{field(*this, keys, "p50").duration(),
                                                field(*this, keys, "p99").duration()});
  }
  const std::vector<std::string> keys{"mean", "cv"};
  const Duration mean = field(*this, keys, "mean").duration();
  const double cv = field(*this, keys, "cv").number(0, 1e9);
  if (name == "weibull") return Distribution(Distribution::Weibull{mean, cv});
  return Distribution(Distribution::Gamma{mean, cv});
}

}  // namespace skyreplay::trace
