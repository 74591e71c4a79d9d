#pragma once

#include <string>
#include <string_view>

namespace skyreplay::report {

/// A text cell of our CSV files: quoted as RFC 4180 says where it holds a comma, a quote or a line
/// break, and never a formula.
///
/// A spreadsheet evaluates a cell that begins with = + - @ TAB or CR, quoted or not; names come
/// from traces, so from strangers. Such text gets an apostrophe in front, and so does text that
/// begins with an apostrophe: whoever reads the file drops one leading apostrophe of a text cell
/// and has the very bytes of the name. summary.json and result.binpb hold names unchanged.
std::string csv_cell(std::string_view text);

}  // namespace skyreplay::report
