/** Upper ends of the buckets of a request's duration, in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60] as const;
const NAME = 'triflow_http_request_duration_seconds';

interface Series {
  readonly labels: string;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts answers; the series are bounded by routes, methods and statuses. */
export interface HttpMetrics {
  observe(route: string, method: string, status: number, seconds: number): void;
  /** Prometheus text of the HTTP side. */
  text(sseClients: number): string;
}

/** Keeps a histogram of request durations by route, method and status. */
export function createHttpMetrics(): HttpMetrics {
  const series = new Map<string, Series>();
  return {
    observe(route, method, status, seconds) {
      const labels = `route="${route}",method="${method}",status="${status}"`;
      let one = series.get(labels);
      if (one === undefined) {
        one = { labels, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
        series.set(labels, one);
      }
      const bucket = BUCKETS.findIndex((end) => seconds <= end);
      if (bucket >= 0) one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
      one.sum += seconds;
      one.count += 1;
    },
    text(sseClients) {
      return [
        `# HELP ${NAME} Time from request to answer.`,
        `# TYPE ${NAME} histogram`,
        ...[...series.values()].flatMap(seriesLines),
        '# HELP triflow_sse_clients Open event streams.',
        '# TYPE triflow_sse_clients gauge',
        `triflow_sse_clients ${sseClients}`,
        '',
      ].join('\n');
    },
  };
}

function seriesLines(series: Series): string[] {
  const { labels, counts, sum, count } = series;
  let below = 0;
  const buckets = BUCKETS.map((end, index) => {
    below += counts[index] ?? 0;
    return `${NAME}_bucket{${labels},le="${end}"} ${below}`;
  });
  return [
    ...buckets,
    `${NAME}_bucket{${labels},le="+Inf"} ${count}`,
    `${NAME}_sum{${labels}} ${sum}`,
    `${NAME}_count{${labels}} ${count}`,
  ];
}
