#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "scenario/scenario.h"

namespace skyreplay::testing {

/// What parse() says of a text, "" if nothing.
inline std::string mistakes_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  try {
    scenario::Scenario::parse(text, "shop.yaml", sets);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// A scenario of one function, as short as one can be.
inline const std::string kSmall = "version: 1\nservices: {fn: {lambda: {}}}\n";

/// kSmall with a Lambda function's body in place of {}; the body starts in column 25 of line 2.
inline std::string with_lambda(const std::string& body) {
  return "version: 1\nservices: {fn: {lambda: " + body + "}}\n";
}

}  // namespace skyreplay::testing
