#include "core/dialects/baserow/decorations.h"

#include <array>

namespace rockpool::dialects::baserow {

template class ViewParts<Decoration, DecorationTerms>;

namespace {

constexpr std::array<std::string_view, 2> decoration_types = {"left_border_color", "background_color"};
constexpr std::array<std::string_view, 3> provider_types = {"", "single_select_color", "conditional_color"};

}  // namespace

DecorationTerms::DecorationTerms(Checks& checks, const model::Value&, bool is_new)
    : type(is_new ? checks.choice("type", decoration_types) : checks.maybe_choice("type", decoration_types)),
      provider(checks.maybe_choice("value_provider_type", provider_types)),
      order(checks.maybe_number("order", {.most = view_order_max})) {
  if (checks.has("value_provider_conf"))
    if (const auto* said = checks.object("value_provider_conf")) settings = *said;
  if (is_new && !order) order = view_order_max;
}

void DecorationTerms::apply(Decoration& decoration) const {
  decoration.type = type.value_or(decoration.type);
  decoration.provider = provider.value_or(decoration.provider);
  decoration.provider_settings = settings.value_or(decoration.provider_settings);
  decoration.order = order.value_or(decoration.order);
}

}  // namespace rockpool::dialects::baserow
