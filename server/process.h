// What the operating system says of this process, under the names Prometheus' own clients use.
#pragma once

#include "server/net/metrics.h"

namespace rockpool::server {

void write_process_metrics(net::MetricsText& text);

}  // namespace rockpool::server
