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

/// A scenario with one service of each platform, and calls between them.
inline const std::string kEverything =
    "version: 1\nservices:\n"
    "  web: {ec2: {min_size: 2, max_size: 8, instance_type: m7i.large}}\n"
    "  app: {ecs: {task_definition: {cpu: 1024, memory: 2048}}}\n"
    "  fn: {lambda: {}}\n"
    "  db: {external: {latency: 2ms}}\n"
    "routes: [{match: \"GET *\", service: web}, {match: \"*\", service: fn}]\n"
    "calls: [{from: web, to: app}, {from: app, to: db}, {from: fn, to: db, mode: async}]\n";

/// kSmall with a Lambda function's body in place of {}; the body starts in column 25 of line 2.
inline std::string with_lambda(const std::string& body) {
  return "version: 1\nservices: {fn: {lambda: " + body + "}}\n";
}

}  // namespace skyreplay::testing
