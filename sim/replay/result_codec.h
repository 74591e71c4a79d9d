#pragma once

#include <skyreplay/result.pb.h>

#include <span>
#include <string>
#include <vector>

#include "metrics/window_row.h"
#include "pricing/bill.h"
#include "replay/result_types.h"
#include "replay/summary.h"

/// Private to the result's writer and reader: plain structs to messages and back. Reading checks
/// everything that a later index or sum relies on and says what is wrong, "" if nothing is.
namespace skyreplay::replay::codec {

namespace pb = skyreplay::proto::result;

void encode(const ResultHeader& from, pb::Header& to);
void encode(const ServiceHeader& from, pb::Service& to);
void encode(const Provenance& from, pb::Provenance& to);
void encode(const Activity& from, pb::Activity& to);
/// REQUIRES quantity and price in decimal.
void encode(const pricing::BillRow& from, pb::BillLine& to);
/// All but services and routes. REQUIRES quantities and prices in decimal.
void encode(const Summary& from, pb::Summary& to);
void encode(const metrics::SpanRow& from, pb::Span& to);
void encode(const ServiceSummary& from, pb::Span& to);

std::string decode(const pb::Header& from, ResultHeader& to);
ServiceHeader decode(const pb::Service& from);
Provenance decode(const pb::Provenance& from);
Activity decode(const pb::Activity& from);
std::string decode(const pb::BillLine& from, pricing::BillRow& to);
std::string decode(const pb::Summary& from, Summary& to);
std::string decode(const pb::Span& from, metrics::SpanRow& to);
std::string decode(const pb::Span& from, ServiceSummary& to);

}  // namespace skyreplay::replay::codec
