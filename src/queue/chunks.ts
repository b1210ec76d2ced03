import { type Slice, SliceLost, type SliceResult } from '../split/contract.ts'
import type { PackedEvents } from '../split/packed-events.ts'

/** What happened in a slice since the chunk before, sealed within a job. */
export interface Chunk {
  readonly events: PackedEvents
  /** Who carries it out, in the first chunk of an attempt. */
  readonly worker?: string
  /** In the last chunk: how it ended, or why it did not. */
  readonly result?: SliceResult
  readonly lost?: { readonly message: string; readonly advice?: string }
}

/** What can be seen of a chunk in Redis. */
export interface ChunkJob {
  readonly slice: string
  /** Which attempt at the slice, from 1, and which chunk of it, from 0. */
  readonly attempt: number
  readonly number: number
  readonly isLast: boolean
  readonly sealed: string
}

export function chunkPlace(
  run: string,
  { slice, attempt, number }: Omit<ChunkJob, 'sealed' | 'isLast'>,
): string {
  return `chunk ${run} ${slice} ${attempt} ${number}`
}

/** The last chunk of a slice has one name whoever sends it: it counts once. */
export function chunkId({ slice, attempt, number, isLast }: Omit<ChunkJob, 'sealed'>): string {
  return isLast ? lastChunkId(slice) : `${slice}.${attempt}.${number}`
}

export function lastChunkId(slice: string): string {
  return `${slice}.last`
}

/** How a slice has ended, by its last chunk. Raises SliceLost. */
export function resultOf({ result, lost }: Chunk): SliceResult {
  if (result !== undefined) return result
  throw new SliceLost(lost?.message ?? 'its end is not known', lost?.advice)
}

/** What a slice has noted by a chunk is sealed for this place. */
export function notesPlace(
  run: string,
  { slice, attempt, number }: Omit<ChunkJob, 'sealed' | 'isLast'>,
): string {
  return `notes ${run} ${slice} ${attempt} ${number}`
}

/** What can be seen of a slice in Redis. */
export interface SliceJob {
  readonly run: string
  readonly slice: string
  readonly version: string
  readonly protocol: number
  /** How many attempts were made at it by those who served its hosts before. */
  readonly before: number
  readonly sealed: string
}

/** A slice, where lists that all slices of its play have are kept texts of the run, by their names. */
export interface ListedSlice extends Omit<Slice, 'playHosts' | 'batch'> {
  readonly playHosts: string
  readonly batch: string
}

export function listName(hash: string): string {
  return `hosts ${hash}`
}

export function slicePlace(run: string, slice: string): string {
  return `slice ${run} ${slice}`
}

export function requestPlace(run: string): string {
  return `request ${run}`
}
