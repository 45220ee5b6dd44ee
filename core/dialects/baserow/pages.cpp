#include "core/dialects/baserow/pages.h"

#include "core/base/text.h"
#include "core/dialect/members.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::uint64_t numbers_max = dialect::count_max / page_size_max;

Fault too_large_page() {
  return {.wrong = Wrong::page_size,
          .detail = "The size of a page is a number from 1 to " + base::decimal(page_size_max) + '.'};
}

// A member of the query, if it is there; nothing else than a number in that range.
MaybeFault read_number(std::string_view query, std::string_view name, std::uint64_t least,
                       std::uint64_t& number) {
  const auto text = wire::query_value(query, name);
  if (!text) return std::nullopt;
  const auto read = base::read_decimal(*text);
  if (!read || *read < least || *read > numbers_max) return Fault{.wrong = Wrong::page};
  number = *read;
  return std::nullopt;
}

// The size of a page.
MaybeFault read_size(std::string_view query, std::string_view name, std::uint64_t& size) {
  if (read_number(query, name, 1, size) || size > page_size_max) return too_large_page();
  return std::nullopt;
}

// The same address, at another place of the list.
std::string link(const Request& asked, const PageWanted& page, std::uint64_t offset) {
  const std::string_view name = page.has_number ? "page" : "offset";
  std::string address = asked.base + asked.path + '?';
  for (const std::string_view pair : base::split(asked.query, '&'))
    if (!pair.empty() && pair.substr(0, pair.find('=')) != name) address.append(pair) += '&';
  address.append(name) += '=';
  return address + base::decimal(page.has_number ? offset / page.size + 1 : offset);
}

}  // namespace

MaybeFault read_page(std::string_view query, PageWanted& page) {
  std::uint64_t number = 1;
  if (auto fault = read_size(query, "size", page.size)) return fault;
  if (auto fault = read_number(query, "page", 1, number)) return fault;
  page.offset = (number - 1) * page.size;
  return std::nullopt;
}

MaybeFault read_page_or_limit(std::string_view query, PageWanted& page) {
  page.has_number = !wire::query_value(query, "limit") && !wire::query_value(query, "offset");
  if (page.has_number) return read_page(query, page);
  if (auto fault = read_size(query, "limit", page.size)) return fault;
  return read_number(query, "offset", 0, page.offset);
}

Included::Included(std::string_view query) {
  const std::string wanted = wire::query_value(query, "include").value_or("");
  for (const std::string_view name : base::split(wanted, ',')) names_.emplace(name);
}

MaybeFault check_page(const PageWanted& page, std::uint64_t count) {
  if (!page.has_number || page.offset == 0 || page.offset < count) return std::nullopt;
  return Fault{.wrong = Wrong::page};
}

std::string page_text(const Request& asked, const PageWanted& page, std::uint64_t count,
                      std::string_view results) {
  std::string text;
  dialect::ObjectText object(text);
  object.count("count", count);
  if (page.offset + page.size < count)
    object.text("next", link(asked, page, page.offset + page.size));
  else
    object.raw("next", "null");
  if (page.offset > 0)
    object.text("previous", link(asked, page, page.offset - std::min(page.offset, page.size)));
  else
    object.raw("previous", "null");
  object.raw("results", results).end();
  return text;
}

}  // namespace rockpool::dialects::baserow
