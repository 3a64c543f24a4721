import { createHistogram } from 'node:perf_hooks';

export interface Delays {
  p50Us: number;
  p99Us: number;
  count: number;
}

/** Collects delays until they are taken. */
export class DelayHistogram {
  readonly #histogram = createHistogram();

  record(delayUs: number): void {
    this.#histogram.record(delayUs);
  }

  take(): Delays {
    const histogram = this.#histogram;
    const delays = {
      p50Us: histogram.percentile(50),
      p99Us: histogram.percentile(99),
      count: histogram.count,
    };
    histogram.reset();
    return delays;
  }
}
