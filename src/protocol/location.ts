import type { SourceSpan } from '../values/source.ts'
import type { Location } from './event.ts'

export function locationOf(place: SourceSpan): Location {
  return { file: place.source.path, ...place.source.position(place.start) }
}
