/** Validates the user's settings before any service is started. */
import { Cron } from 'croner'
import { readConfig } from '../shared/config.ts'
import { ArchiveError } from '../shared/errors.ts'
import { givenSettings } from './host-process.ts'
import type { StartOptions } from './start-options.ts'
import { SIMULATED_ENROLLMENTS } from './upstream.ts'

/** Placeholders for settings that the services provide later. */
const OURS = {
  KEY_VAULT_URI: 'https://127.0.0.1',
  ARCHIVE_STORAGE__blobServiceUri: 'https://127.0.0.1',
  ARCHIVE_STORAGE__queueServiceUri: 'https://127.0.0.1',
}

/** Throws `BAD_SETTINGS` with every fault, each by its name. */
export function checkSettings({ day }: Pick<StartOptions, 'day'>, env: NodeJS.ProcessEnv): void {
  const given = givenSettings(env)
  const enrollments = given['ENROLLMENTS']?.trim() || SIMULATED_ENROLLMENTS
  readConfig({
    ...given,
    ...OURS,
    ENROLLMENTS: enrollments,
    ...(day === undefined ? {} : { BUSINESS_DAY: day }),
  })
  for (const [name, value] of Object.entries(given)) {
    if (!name.endsWith('_SCHEDULE')) continue
    try {
      new Cron(value ?? '', { paused: true })
    } catch (cause) {
      throw new ArchiveError(
        'BAD_SETTINGS',
        `${name} is wrong: expected a schedule as NCRONTAB, e.g. 0 0 3 * * * for 03:00 every day`,
        { cause },
      )
    }
  }
}
