#include "trace/access_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "trace/log_values.h"

namespace skyreplay::trace {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMicrosecond = 1'000;

struct Known {
  std::string_view name;
  AccessField field;
  std::int64_t unit = 1;
  bool arrival = false;  ///< a time, and that of the arrival
};

/// https://nginx.org/en/docs/varindex.html; times are taken when the line is written.
constexpr std::array<Known, 14> kNginx{
    {{"$time_local", AccessField::kLocalTime},
     {"$time_iso8601", AccessField::kIsoTime},
     {"$msec", AccessField::kUnixTime, kSecond},
     {"$request", AccessField::kRequest},
     {"$request_method", AccessField::kMethod},
     {"$request_uri", AccessField::kTarget},
     {"$uri", AccessField::kTarget},
     {"$document_uri", AccessField::kTarget},
     {"$status", AccessField::kStatus},
     {"$request_length", AccessField::kBytesIn},
     {"$bytes_sent", AccessField::kBytesOut},
     {"$body_bytes_sent", AccessField::kBytesOut},
     {"$request_time", AccessField::kDuration, kSecond},
     {"$upstream_response_time", AccessField::kUpstream, kSecond}}};

/// https://httpd.apache.org/docs/2.4/mod/mod_log_config.html; times are those of the request's
/// arrival unless they begin with "end:".
constexpr std::array<Known, 24> kApache{
    {{"%t", AccessField::kLocalTime, 1, true},
     {"%{sec}t", AccessField::kUnixTime, kSecond, true},
     {"%{msec}t", AccessField::kUnixTime, kMillisecond, true},
     {"%{usec}t", AccessField::kUnixTime, kMicrosecond, true},
     {"%{begin:sec}t", AccessField::kUnixTime, kSecond, true},
     {"%{begin:msec}t", AccessField::kUnixTime, kMillisecond, true},
     {"%{begin:usec}t", AccessField::kUnixTime, kMicrosecond, true},
     {"%{end:sec}t", AccessField::kUnixTime, kSecond},
     {"%{end:msec}t", AccessField::kUnixTime, kMillisecond},
     {"%{end:usec}t", AccessField::kUnixTime, kMicrosecond},
     {"%r", AccessField::kRequest},
     {"%m", AccessField::kMethod},
     {"%U", AccessField::kTarget},
     {"%s", AccessField::kStatus},
     {"%>s", AccessField::kStatus},
     {"%I", AccessField::kBytesIn},
     {"%O", AccessField::kBytesOut},
     {"%b", AccessField::kBytesOut},
     {"%B", AccessField::kBytesOut},
     {"%D", AccessField::kDuration, kMicrosecond},
     {"%T", AccessField::kDuration, kSecond},
     {"%{s}T", AccessField::kDuration, kSecond},
     {"%{ms}T", AccessField::kDuration, kMillisecond},
     {"%{us}T", AccessField::kDuration, kMicrosecond}}};

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The variable at the front of `text`; "" where there is only text.
std::string_view variable_at(std::string_view text) {
  std::size_t end = 1;
  if (text.starts_with('$')) {
    while (end < text.size() && is_name(text[end])) ++end;
    return end > 1 ? text.substr(0, end) : std::string_view();
  }
  if (!text.starts_with('%')) return {};
  end = std::min(text.find_first_not_of("<>!,0123456789", 1), text.size());
  if (end < text.size() && text[end] == '{') end = std::min(text.find('}', end), text.size()) + 1;
  if (text.substr(std::min(end, text.size())).starts_with("^t")) end += 2;
  return end < text.size() && is_name(text[end]) ? text.substr(0, end + 1) : std::string_view();
}

const Known* find(std::string_view variable) {
  const auto in = [&](const auto& table) -> const Known* {
    const auto found = std::ranges::find(table, variable, &Known::name);
    return found == table.end() ? nullptr : &*found;
  };
  return variable.starts_with('$') ? in(kNginx) : in(kApache);
}

/// A time or a duration that a table lacks is better refused than passed over.
bool matters(std::string_view variable) {
  return variable.starts_with('%') && (variable.ends_with("}t") || variable.ends_with("}T"));
}

[[noreturn]] void refuse(const std::string& why) { throw InputError("--log-format: " + why); }

}  // namespace

class AccessFormat::Compiler {
 public:
  Compiler(AccessFormat& format, std::string_view text) : format_(format), text_(text) {}

  void run() {
    while (at_ < text_.size()) {
      const std::string_view variable = variable_at(text_.substr(at_));
      if (variable.empty()) {
        const bool escape = text_[at_] == '%' && text_.substr(at_).starts_with("%%");
        literal_ += text_[at_];
        at_ += escape ? 2 : 1;
      } else {
        at_ += variable.size();
        take(variable);
      }
    }
    end_part();
    check();
  }

 private:
  void take(std::string_view variable) {
    const Known* known = find(variable);
    if (known == nullptr && matters(variable)) {
      refuse(
          fmt::format("'{}' is no time that can be read; there are %t, %{{msec}}t, %{{end:usec}}t, "
                      "%D, %T, %{{ms}}T and others of their kind",
                      variable));
    }
    const bool bracketed = variable == "%t";
    if (bracketed) literal_ += '[';
    if (!format_.parts_.empty() && literal_.empty()) {
      refuse(fmt::format("nothing parts '{}' from what stands in front of it", variable));
    }
    end_part();
    Part& part = format_.parts_.emplace_back();
    if (known != nullptr) part.field = known->field;
    if (known != nullptr) note(*known, variable);
    if (bracketed) literal_ += ']';
  }

  void note(const Known& known, std::string_view variable) {
    const auto index = static_cast<std::size_t>(known.field);
    if (format_.units_[index] != 0) {
      refuse(fmt::format("'{}' says the same as '{}'; leave one out, as $ignored or %l", variable,
                         format_.names_[index]));
    }
    format_.units_[index] = known.unit;
    format_.names_[index] = variable;
    format_.arrival_ = format_.arrival_ || known.arrival;
  }

  /// The text in hand ends the part before it.
  void end_part() {
    if (format_.parts_.empty()) {
      format_.begin_ = literal_;
    } else {
      Part& part = format_.parts_.back();
      const bool opened = format_.parts_.size() == 1
                              ? format_.begin_.ends_with('"')
                              : format_.parts_[format_.parts_.size() - 2].end.ends_with('"');
      part.end = literal_;
      part.quoted = opened && literal_.starts_with('"');
    }
    literal_.clear();
  }

  void check() {
    const auto has = [this](AccessField field) { return format_.has(field); };
    const int times = int{has(AccessField::kLocalTime)} + int{has(AccessField::kIsoTime)} +
                      int{has(AccessField::kUnixTime)};
    if (times == 0) refuse("has no time, such as $time_local, $msec or %t");
    if (times > 1) refuse("has more than one time; leave all but one out, as $ignored or %l");
    if (!has(AccessField::kRequest) && !has(AccessField::kTarget)) {
      refuse("has no request, such as $request, $request_uri or %r");
    }
    // What follows the last field of use is not looked at.
    while (format_.parts_.back().field == AccessField::kNone) format_.parts_.pop_back();
    Part& last = format_.parts_.back();
    if (!last.quoted) last.end = last.end.substr(0, 1);
    if (last.quoted) last.end = "\"";
  }

  AccessFormat& format_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string literal_;
};

const std::string& AccessFormat::combined() {
  // The second is what identd would say: '-'.
  static const std::string format =
      R"($remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent )";
  return format;
}

AccessFormat::AccessFormat(const std::string& format) { Compiler(*this, format).run(); }

bool AccessFormat::has(AccessField field) const {
  return units_[static_cast<std::size_t>(field)] != 0;
}

namespace {

/// Where a quote stands that no backslash escapes, and with it all of `end`.
std::size_t find_closing(std::string_view line, std::string_view end, std::size_t from) {
  for (std::size_t at = from; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"' && line.substr(at, end.size()) == end) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// Times of several servers are parted by ", " and " : ", which the text behind may begin like.
std::size_t end_of_upstream(std::string_view line, std::string_view end, std::size_t at) {
  while (at != std::string_view::npos && at > 0 &&
         (line[at - 1] == ',' || line[at - 1] == ':' || line.substr(at, 3) == " : ")) {
    at = line.find(end, at + 1);
  }
  return at;
}

}  // namespace

bool AccessFormat::split(std::string_view line, Values& values, std::uint32_t& column,
                         std::string_view& expected) const {
  std::size_t at = begin_.size();
  column = 1;
  expected = begin_;
  if (!line.starts_with(begin_)) return false;
  for (const Part& part : parts_) {
    const bool is_last = &part == &parts_.back();
    std::size_t end = part.end.empty()       ? line.size()
                      : part.quoted          ? find_closing(line, part.end, at)
                      : part.end.size() == 1 ? line.find(part.end[0], at)
                                             : line.find(part.end, at);
    if (part.field == AccessField::kUpstream && !part.quoted && !part.end.empty()) {
      end = end_of_upstream(line, part.end, end);
    }
    if (end == std::string_view::npos && is_last && !part.quoted) end = line.size();
    column = static_cast<std::uint32_t>(at + 1);
    expected = part.end;
    if (end == std::string_view::npos) return false;
    if (part.field != AccessField::kNone) {
      values[static_cast<std::size_t>(part.field)] = {line.substr(at, end - at), column,
                                                      part.quoted};
    }
    at = std::min(end + part.end.size(), line.size());
  }
  return true;
}

}  // namespace skyreplay::trace
