#include "ecs/cluster_query.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>

namespace skyreplay::ecs {

namespace {

enum class Operator : std::uint8_t {
  kEquals,
  kGreater,
  kGreaterEqual,
  kLess,
  kLessEqual,
  kExists,
  kIn,
  kMatches
};

struct OperatorName {
  const char* name;
  Operator meaning;
  bool is_negated = false;
};
constexpr OperatorName kOperators[] = {
    {"==", Operator::kEquals},
    {"equals", Operator::kEquals},
    {"!=", Operator::kEquals, true},
    {"not_equals", Operator::kEquals, true},
    {">", Operator::kGreater},
    {"greater_than", Operator::kGreater},
    {">=", Operator::kGreaterEqual},
    {"greater_than_equal", Operator::kGreaterEqual},
    {"<", Operator::kLess},
    {"less_than", Operator::kLess},
    {"<=", Operator::kLessEqual},
    {"less_than_equal", Operator::kLessEqual},
    {"exists", Operator::kExists},
    {"!exists", Operator::kExists, true},
    {"not_exists", Operator::kExists, true},
    {"in", Operator::kIn},
    {"!in", Operator::kIn, true},
    {"not_in", Operator::kIn, true},
    {"=~", Operator::kMatches},
    {"matches", Operator::kMatches},
    {"!~", Operator::kMatches, true},
    {"not_matches", Operator::kMatches, true},
};

constexpr const char* kAttribute = "attribute:";

/// Words, operators and brackets; quotes keep blanks.
std::vector<std::string> tokens(const std::string& text) {
  const std::string alone = "()[],";
  const std::string marks = "=!<>~&|";
  std::vector<std::string> found;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (c == ' ') {
      ++i;
      continue;
    }
    if (c == '\'' || c == '"') {
      end = std::min(text.find(c, i + 1), text.size() - 1) + 1;
    } else if (alone.find(c) == std::string::npos) {
      const bool is_mark = marks.find(c) != std::string::npos;
      const auto goes_on = [&](char next) {
        if (next == ' ' || alone.find(next) != std::string::npos) return false;
        return (marks.find(next) != std::string::npos) == is_mark;
      };
      while (end < text.size() && goes_on(text[end])) ++end;
      // `!exists` and `!in` are one word.
      const std::string rest = text.substr(i);
      if (rest.starts_with("!exists")) end = i + 7;
      if (rest.starts_with("!in")) end = i + 3;
    }
    found.push_back(text.substr(i, end - i));
    i = end;
  }
  return found;
}

std::string unquoted(const std::string& token) {
  const bool is_quoted = token.size() >= 2 && (token[0] == '\'' || token[0] == '"');
  return is_quoted ? token.substr(1, token.size() - 2) : token;
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// As numbers where both are, else as texts.
int compared(const std::string& a, const std::string& b) {
  const auto x = number(a);
  const auto y = number(b);
  if (x && y) return *x < *y ? -1 : (*x > *y ? 1 : 0);
  return a.compare(b);
}

}  // namespace

struct ClusterQuery::Term {
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kComparison };
  Kind kind = Kind::kComparison;
  std::vector<std::shared_ptr<const Term>> terms{};
  std::string subject{};
  Operator meaning = Operator::kExists;
  bool is_negated = false;
  std::vector<std::string> arguments{};
  std::shared_ptr<const RE2> pattern{};

  bool holds(const ContainerInstance& instance) const;
  bool holds_of(const std::string& value) const;
  bool asks_attributes_only() const;
  bool asks_for(const std::string& other) const;
};

namespace {

using Term = ClusterQuery::Term;
using TermPtr = std::shared_ptr<const Term>;

class Parser {
 public:
  explicit Parser(const std::string& text) : tokens_(tokens(text)) {}

  TermPtr run(std::string& mistake) {
    TermPtr root = either();
    if (mistake_.empty() && at_ < tokens_.size()) {
      mistake_ = fmt::format("'{}' is not expected here", tokens_[at_]);
    }
    mistake = mistake_;
    return mistake_.empty() ? root : nullptr;
  }

 private:
  bool take(const char* a, const char* b) {
    if (at_ >= tokens_.size() || (tokens_[at_] != a && tokens_[at_] != b)) return false;
    ++at_;
    return true;
  }
  std::string next(const char* what) {
    if (at_ < tokens_.size()) return tokens_[at_++];
    fail(fmt::format("ends where {} is expected", what));
    return "";
  }
  void fail(const std::string& text) {
    if (mistake_.empty()) mistake_ = text;
  }

  TermPtr either() { return joined(Term::Kind::kOr, "or", "||", &Parser::all); }
  TermPtr all() { return joined(Term::Kind::kAnd, "and", "&&", &Parser::one); }

  TermPtr joined(Term::Kind kind, const char* word, const char* sign, TermPtr (Parser::*part)()) {
    auto term = std::make_shared<Term>();
    term->kind = kind;
    do {
      term->terms.push_back((this->*part)());
    } while (mistake_.empty() && take(word, sign));
    return term->terms.size() == 1 ? term->terms.front() : term;
  }

  TermPtr one() {
    if (take("not", "!")) {
      auto term = std::make_shared<Term>();
      term->kind = Term::Kind::kNot;
      term->terms.push_back(one());
      return term;
    }
    if (!take("(", "(")) return comparison();
    TermPtr inner = either();
    if (mistake_.empty() && !take(")", ")")) fail("a parenthesis is not closed");
    return inner;
  }

  TermPtr comparison() {
    auto term = std::make_shared<Term>();
    term->subject = next("a subject");
    check_subject(term->subject);
    const std::string name = next("an operator");
    const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                     [&](const OperatorName& known) { return name == known.name; });
    if (found == std::end(kOperators)) {
      fail(fmt::format("'{}' is no operator", name));
      return term;
    }
    term->meaning = found->meaning;
    term->is_negated = found->is_negated;
    if (found->meaning == Operator::kIn) read_list(*term);
    const bool has_value = found->meaning != Operator::kIn && found->meaning != Operator::kExists;
    if (has_value) term->arguments.push_back(unquoted(next("a value")));
    if (found->meaning == Operator::kMatches && mistake_.empty()) {
      term->pattern = std::make_shared<const RE2>(term->arguments.front(), RE2::Quiet);
      if (!term->pattern->ok()) fail(fmt::format("'{}' is no pattern", term->arguments.front()));
    }
    return term;
  }

  void check_subject(const std::string& subject) {
    if (subject.starts_with(kAttribute) || subject == "ec2InstanceId" ||
        subject == "runningTasksCount" || subject == "task:group") {
      return;
    }
    const bool is_known =
        subject == "agentConnected" || subject == "agentVersion" || subject == "registeredAt";
    fail(is_known ? subject + " is not built" : fmt::format("'{}' is no subject", subject));
  }

  void read_list(Term& term) {
    if (!take("[", "[")) return fail("in needs a list in brackets");
    while (mistake_.empty() && !take("]", "]")) {
      term.arguments.push_back(unquoted(next("a value or ]")));
      take(",", ",");
    }
  }

  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
  std::string mistake_;
};

}  // namespace

bool ClusterQuery::Term::holds_of(const std::string& value) const {
  const auto is_argument = [&](const std::string& argument) {
    return compared(value, argument) == 0;
  };
  switch (meaning) {
    case Operator::kExists:
      return true;
    case Operator::kEquals:
    case Operator::kIn:
      return std::any_of(arguments.begin(), arguments.end(), is_argument) != is_negated;
    case Operator::kMatches:
      return RE2::FullMatch(value, *pattern) != is_negated;
    case Operator::kGreater:
      return compared(value, arguments.front()) > 0;
    case Operator::kGreaterEqual:
      return compared(value, arguments.front()) >= 0;
    case Operator::kLess:
      return compared(value, arguments.front()) < 0;
    default:
      return compared(value, arguments.front()) <= 0;
  }
}

bool ClusterQuery::Term::holds(const ContainerInstance& instance) const {
  const auto inner = [&](const TermPtr& term) { return term->holds(instance); };
  if (kind == Kind::kAnd) return std::all_of(terms.begin(), terms.end(), inner);
  if (kind == Kind::kOr) return std::any_of(terms.begin(), terms.end(), inner);
  if (kind == Kind::kNot) return !inner(terms.front());
  std::vector<std::string> values;
  if (subject == "task:group") values = instance.task_groups;
  if (subject == "ec2InstanceId") values = {instance.ec2_instance_id};
  if (subject == "runningTasksCount") values = {std::to_string(instance.running_tasks)};
  if (subject.starts_with(kAttribute)) {
    const auto found = instance.attributes.find(subject.substr(10));
    if (found != instance.attributes.end()) values = {found->second};
  }
  if (meaning == Operator::kExists) return values.empty() == is_negated;
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return holds_of(value); });
}

bool ClusterQuery::Term::asks_attributes_only() const {
  if (kind == Kind::kComparison) return subject.starts_with(kAttribute);
  return std::all_of(terms.begin(), terms.end(),
                     [](const TermPtr& term) { return term->asks_attributes_only(); });
}

bool ClusterQuery::Term::asks_for(const std::string& other) const {
  if (kind == Kind::kComparison) return subject == other;
  return std::any_of(terms.begin(), terms.end(),
                     [&](const TermPtr& term) { return term->asks_for(other); });
}

std::optional<ClusterQuery> ClusterQuery::parse(const std::string& text, std::string& mistake) {
  if (text.size() > kLongest) {
    mistake = fmt::format("has more than {} characters", kLongest);
    return std::nullopt;
  }
  ClusterQuery query;
  query.root_ = Parser(text).run(mistake);
  if (query.root_ == nullptr) return std::nullopt;
  return query;
}

bool ClusterQuery::holds(const ContainerInstance& instance) const { return root_->holds(instance); }

bool ClusterQuery::asks_attributes_only() const { return root_->asks_attributes_only(); }

bool ClusterQuery::asks_for(const std::string& subject) const { return root_->asks_for(subject); }

}  // namespace skyreplay::ecs
