// Rights as the configuration states them: `spaces`, and `collections`, `events`, `procedures` and `rooms` of
// a space or, at the top, of the space `default`.
#pragma once

#include <memory>

#include "core/rights/rights.h"
#include "server/config/config.h"
#include "server/config/section.h"

namespace rockpool::config {

// The rules in a section that has names by kind; other members of it are not looked at.
void read_rules(Section& section, rights::SpaceRules& rules);
void read_spaces(Section section, std::map<std::string, Space>& spaces);

std::shared_ptr<const rights::Rights> rights_of(const Config& config);

}  // namespace rockpool::config
