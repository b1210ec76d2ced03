import { stateFolder } from '../../history/spool.ts'
import type { Settings } from './settings.ts'

/** Where runs are kept; undefined where none are. */
export function historyFolder({ history, history_folder }: Settings): string | undefined {
  return history ? (history_folder ?? stateFolder()) : undefined
}
