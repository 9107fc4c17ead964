/** Patterns for the terms in names. No library, so that command line parsing can import them cheaply. */

export const ENROLLMENT = /^[A-Za-z0-9-]{1,64}$/
export const BILLING_PERIOD = /^\d{4}(0[1-9]|1[0-2])$/

/** The period of the one dataset that has none. */
export const ALL_PERIODS = 'all'
