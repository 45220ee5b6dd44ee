#include "core/dialects/baserow/comments.h"

#include <algorithm>

#include "core/dialects/baserow/pages.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t comment_letters_max = 10'000;

}  // namespace

Routes Comments::routes() {
  const auto handle = [this](const VisitPointer& visit, ServerSteps& out) { look_for_row(visit, out); };
  constexpr std::string_view path = "row_comments/#/#/";
  return {{.method = "GET", .path = path, .handle = handle},
          {.method = "POST", .path = path, .handle = handle}};
}

void Comments::look_for_row(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  if (visit->asked.method == "POST") checks.text("comment", {.letters_max = comment_letters_max});
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  Pointer<Table> table;
  if (const auto fault = reach(office_, visit->user->id, visit->ids[0], table))
    return out.push_back(refuse(visit->carrier, *fault));
  if (visit->ids[1] == 0) return out.push_back(refuse(visit->carrier, {.wrong = Wrong::no_row}));
  rows_.find({visit, out}, table->collection, visit->ids[1],
             [this, visit](const model::Record* row, ServerSteps& steps) {
               if (row == nullptr) return steps.push_back(refuse(visit->carrier, {.wrong = Wrong::no_row}));
               visit->asked.method == "POST" ? create(visit, steps) : list(visit, steps);
             });
}

// The newest one first.
void Comments::list(const VisitPointer& visit, ServerSteps& out) {
  auto comments = office_.books.comments_on(visit->ids[0], visit->ids[1]);
  PageWanted page;
  MaybeFault fault = read_page(visit->asked.query, page);
  if (!fault) fault = check_page(page, comments.size());
  if (fault) return out.push_back(refuse(visit->carrier, *fault));
  std::reverse(comments.begin(), comments.end());
  std::string results;
  dialect::append_list(results, part_of(page, comments),
                       [&](const auto& one) { results += shapes_.comment(*one); });
  out.push_back(answer(visit->carrier, page_text(visit->asked, page, comments.size(), results)));
}

void Comments::create(const VisitPointer& visit, ServerSteps& out) {
  const auto id = std::make_shared<Id>();
  office_.change(
      visit,
      [this, visit, id](Plan& plan) -> MaybeFault {
        Pointer<Table> table;
        if (auto fault = reach(office_, visit->user->id, visit->ids[0], table)) return fault;
        *id = plan.next_id(Kind::comment);
        plan.put(Comment{.id = *id,
                         .table = table->id,
                         .row = visit->ids[1],
                         .user = visit->user->id,
                         .text = *model::text_member(visit->body, "comment"),
                         .created_ms = plan.now.ms,
                         .updated_ms = plan.now.ms});
        return std::nullopt;
      },
      [this, id] { return shapes_.comment(*office_.books.find<Comment>(*id)); }, out);
}

}  // namespace rockpool::dialects::baserow
