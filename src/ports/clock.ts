/** The only source of the time. Epoch milliseconds, UTC; may jump, so nothing counts by its differences alone. */
export interface Clock {
  now(): number;
}
