#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/span.h"

namespace skyreplay::check {

/// The part of a result that one name stands for.
struct Subject {
  std::vector<const ServiceSpan*> services;  ///< of a route: the one that answers it
  bool is_route = false;
  bool is_everything = false;
  const metrics::SpanRow* requests = nullptr;  ///< of a route, of everything, or of one service
  metrics::SpanRow merged;                     ///< of several services, where `requests` is null

  const metrics::SpanRow& row() const { return requests != nullptr ? *requests : merged; }
};

/// Finds what `of` names; see evaluate(). Throws InputError with the nearest name.
Subject find_subject(const std::string& of, const Span& span);

/// By service of the span: whether the name stands for it. Throws as find_subject().
std::vector<bool> services_of(const std::string& of, const Span& span);

}  // namespace skyreplay::check
