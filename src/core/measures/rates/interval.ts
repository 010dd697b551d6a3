/** Where the true value may lie. Infinity where the data set no bound. */
export type Interval = { readonly lower: number; readonly upper: number };

/** An estimate with its interval, both in the unit of the estimate. */
export type Estimate = Interval & { readonly value: number };
