// What hub and gateway count, for /metrics.
#pragma once

#include "core/gateway/gateway.h"
#include "server/net/metrics.h"

namespace rockpool::server {

void write_metrics(const hub::Figures& figures, net::MetricsText& text);
void write_metrics(const gateway::Gateway::Figures& figures, net::MetricsText& text);

}  // namespace rockpool::server
