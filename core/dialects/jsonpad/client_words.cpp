#include "core/dialects/jsonpad/client_words.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/times.h"

namespace rockpool::dialects::jsonpad {
namespace {

// Of a page of items, each as large as an item may be.
constexpr std::size_t answer_values_max = 10'000'000;

std::string basic(std::string_view user, std::string_view token) {
  std::string encoded = base::base64url(std::string(user) + ':' + std::string(token));
  std::replace(encoded.begin(), encoded.end(), '-', '+');
  std::replace(encoded.begin(), encoded.end(), '_', '/');
  encoded.append((4 - encoded.size() % 4) % 4, '=');
  return "Basic " + encoded;
}

base::Instant time_of(const model::Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? base::Instant{} : dialect::read_iso(*text).value_or(base::Instant{});
}

// Ids are text in items and integers in events.
std::string id_of(const model::Value* value) {
  if (value == nullptr) return "";
  if (const auto* text = value->get_ptr<const std::string*>()) return *text;
  return value->is_number_integer() ? model::write(*value) : "";
}

std::optional<News> read_event(const model::Value& event) {
  const std::string* type = model::text_member(event, "event_type");
  if (type == nullptr) return std::nullopt;
  News news{.type = *type, .list = {}, .item = {}};
  const model::Value* data = model::member(event, "event_data");
  if (type->starts_with("item-") && data != nullptr) {
    if (auto item = read_item(*data)) news.item = std::move(*item);
  }
  const std::string id = id_of(model::member(event, "object_id"));
  if (const std::string* list = model::text_member(event, "list"))
    news.list = *list;
  else if (type->starts_with("list-") || *type == "item-delete-all")
    news.list = id;
  if (news.item.remote.empty()) news.item.remote = id;
  news.item.version = model::count_member(event, "version").value_or(news.item.version);
  news.place = model::count_member(event, "seq").value_or(0);
  return news;
}

}  // namespace

base::Result<model::Value> read_answer(std::string_view body) {
  return model::read(body, {.values_max = answer_values_max});
}

std::optional<Login> read_login(std::string_view token) {
  const auto said = model::read(token);
  if (!said) return std::nullopt;
  const std::string* user = model::text_member(*said, "user");
  const std::string* api = model::text_member(*said, "token");
  const std::string* realtime = model::text_member(*said, "realtimeToken");
  if (user == nullptr || api == nullptr || realtime == nullptr) return std::nullopt;
  return Login{.api = basic(*user, *api), .realtime = basic(*user, *realtime)};
}

std::optional<State> read_item(const model::Value& item) {
  const model::Value* data = model::member(item, "data");
  State state{.remote = id_of(model::member(item, "id")), .data = {}};
  if (data == nullptr || state.remote.empty()) return std::nullopt;
  state.data = model::write(*data);
  state.version = model::count_member(item, "version").value_or(0);
  if (const std::string* name = model::text_member(item, "name")) state.name = *name;
  state.created = time_of(item, "created");
  state.updated = time_of(item, "updated");
  return state;
}

std::optional<ItemPage> read_page(std::string_view body) {
  const auto said = read_answer(body);
  const model::Value* items = said ? model::member(*said, "items") : nullptr;
  if (items == nullptr || !items->is_array()) return std::nullopt;
  ItemPage page;
  for (const model::Value& one : items->elements()) {
    auto item = read_item(one);
    if (item)
      page.items.push_back(std::move(*item));
    else
      ++page.odd;
  }
  page.page = model::count_member(*said, "page").value_or(1);
  page.pages = model::count_member(*said, "pages").value_or(1);
  page.total = model::count_member(*said, "total");
  return page;
}

std::optional<std::uint64_t> read_epoch(std::string_view body) {
  const auto said = model::read(body);
  return said ? model::count_member(*said, "epoch") : std::nullopt;
}

std::uint64_t error_code(std::string_view body) {
  const auto said = model::read(body);
  return said ? model::count_member(*said, "error_code").value_or(0) : 0;
}

std::optional<ListState> read_list_state(std::string_view body) {
  const auto said = model::read(body);
  const model::Value* list = said ? model::member(*said, "list") : nullptr;
  if (list == nullptr) return std::nullopt;
  return ListState{.text = model::write(*list),
                   .is_realtime = model::bool_member(*list, "realtime_enabled").value_or(false)};
}

std::optional<std::vector<News>> read_news(std::string_view body) {
  const auto said = read_answer(body);
  if (!said) return std::nullopt;
  std::vector<News> news;
  const auto take = [&](const model::Value& event) {
    auto one = read_event(event);
    if (one) news.push_back(std::move(*one));
    return one.has_value();
  };
  if (!said->is_array()) return take(*said) ? std::optional(std::move(news)) : std::nullopt;
  for (const model::Value& event : said->elements())
    if (!take(event)) return std::nullopt;
  return news;
}

}  // namespace rockpool::dialects::jsonpad
