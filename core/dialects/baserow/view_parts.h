// What views are made up of: filters, sortings and decorations. They are listed below a view, and each has an
// address of its own; what differs is what a body may say of them:
//
//   struct Terms {
//     static constexpr std::string_view of_view, single;     // their paths
//     Terms(Checks& checks, const model::Value& body, bool is_new);
//     void apply(Part& part) const;                          // what the body leaves out stays
//     static MaybeFault check(const Books& books, const View& view, const Part& part);
//   };
#pragma once

#include <memory>

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

template <typename Part, typename Terms>
class ViewParts {
 public:
  explicit ViewParts(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes() {
    const auto to = [this](auto handler) {
      return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
    };
    return {{.method = "GET", .path = Terms::of_view, .handle = to(&ViewParts::list)},
            {.method = "POST", .path = Terms::of_view, .handle = to(&ViewParts::create)},
            {.method = "GET", .path = Terms::single, .handle = to(&ViewParts::show)},
            {.method = "PATCH", .path = Terms::single, .handle = to(&ViewParts::update)},
            {.method = "DELETE", .path = Terms::single, .handle = to(&ViewParts::remove)}};
  }

 private:
  void list(const VisitPointer& visit, ServerSteps& out) {
    Pointer<View> view;
    if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), view))
      return out.push_back(refuse(visit->carrier, *fault));
    out.push_back(answer(visit->carrier, shapes_.template parts<Part>(Kind::view, view->id)));
  }

  void show(const VisitPointer& visit, ServerSteps& out) {
    Pointer<Part> part;
    if (const auto fault = reach(office_, visit->user->id, visit->ids.front(), part))
      return out.push_back(refuse(visit->carrier, *fault));
    out.push_back(answer(visit->carrier, shapes_.part(*part)));
  }

  void create(const VisitPointer& visit, ServerSteps& out) {
    Checks checks(visit->body);
    const Terms terms(checks, visit->body, true);
    if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
    const auto id = std::make_shared<Id>();
    const auto plan_it = [this, visit, terms, id](Plan& plan) -> MaybeFault {
      Pointer<View> view;
      if (auto fault = reach(office_, visit->user->id, visit->ids.front(), view)) return fault;
      Part part;
      part.view = view->id;
      terms.apply(part);
      if (auto fault = Terms::check(office_.books, *view, part)) return fault;
      *id = part.id = plan.next_id(Part::kind);
      plan.put(part);
      return std::nullopt;
    };
    office_.change(
        visit, plan_it, [this, id] { return shown(*id); }, out);
  }

  void update(const VisitPointer& visit, ServerSteps& out) {
    Checks checks(visit->body);
    const Terms terms(checks, visit->body, false);
    if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
    const Id id = visit->ids.front();
    const auto plan_it = [this, visit, terms, id](Plan& plan) -> MaybeFault {
      Pointer<Part> before;
      if (auto fault = reach(office_, visit->user->id, id, before)) return fault;
      Part part = *before;
      terms.apply(part);
      if (auto fault = Terms::check(office_.books, *office_.books.find<View>(part.view), part)) return fault;
      plan.put(part);
      return std::nullopt;
    };
    office_.change(
        visit, plan_it, [this, id] { return shown(id); }, out);
  }

  void remove(const VisitPointer& visit, ServerSteps& out) {
    const auto plan_it = [this, visit](Plan& plan) -> MaybeFault {
      Pointer<Part> part;
      if (auto fault = reach(office_, visit->user->id, visit->ids.front(), part)) return fault;
      plan.remove(*part);
      return std::nullopt;
    };
    office_.change(
        visit, plan_it, [] { return std::string(); }, out);
  }

  std::string shown(Id id) const { return shapes_.part(*office_.books.find<Part>(id)); }

  Office& office_;
  ViewShapes shapes_;
};

}  // namespace rockpool::dialects::baserow
